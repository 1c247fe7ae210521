// Calls that many events ask for, made as few as are of use.
import { useEffect, useMemo, useRef } from '../vendor/hooks.js';

/**
 * Gives a function that calls `fn` at once, but once in `ms` at most and never while a call is under way.
 * What is asked for meanwhile is made up for by one call at the end.
 */
export function useCalm(fn, ms) {
  const held = useRef();
  held.current = fn;
  useEffect(() => () => { held.current = null; }, []);
  return useMemo(() => {
    let busy = false;
    let wanted = false;
    const call = async () => {
      wanted = busy;
      if (busy || !held.current) return;
      busy = true;
      const rest = new Promise((go) => setTimeout(go, ms));
      try { await held.current(); } finally {
        await rest;
        busy = false;
        if (wanted) call();
      }
    };
    return call;
  }, [ms]);
}
