// Short words at the edge of the page about what has just happened.
import { h } from '../vendor/preact.js';
import { useEffect, useState } from '../vendor/hooks.js';

let show = () => {};
let number = 0;

/** Says it for a few seconds; `tone` is `good` or `bad`. */
export const toast = (text, tone = 'good') => show({ id: ++number, text, tone });

export function Toasts() {
  const [list, setList] = useState([]);
  useEffect(() => {
    show = (one) => {
      setList((was) => [...was.slice(-2), one]);
      setTimeout(() => setList((was) => was.filter((other) => other.id !== one.id)), 5000);
    };
  }, []);
  return h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' },
    list.map((one) => h('p', { class: `toast is-${one.tone}`, key: one.id }, one.text)));
}
