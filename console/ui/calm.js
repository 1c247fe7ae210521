// Calls that many events ask for, made as few as are of use.
import { useEffect, useMemo, useRef } from '../vendor/hooks.js';

/**
 * Gives a function that calls `fn` at once, but once in `ms` at most, never while a call is under way, and
 * after one that takes long not for as long again.
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
      const began = performance.now();
      try { await held.current(); } finally {
        const took = performance.now() - began;
        await new Promise((go) => setTimeout(go, Math.max(ms - took, took)));
        busy = false;
        if (wanted) call();
      }
    };
    return call;
  }, [ms]);
}
