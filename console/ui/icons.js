// Icons of one stroke, drawn on a grid of 24.
import { h } from '../vendor/preact.js';

const PATHS = {
  overview: 'M4 20V10M10 20V4M16 20v-7M22 20H2',
  inbox: 'M4 5h16v11H9l-4 4v-4H4z',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4',
  letter: 'M4 6h16v12H4zM4 7l8 6 8-6',
  dead: 'M4 8l2-4h12l2 4v12H4zM4 8h16M9 12l6 5M15 12l-6 5',
  tail: 'M3 12h4l2-6 4 12 3-9 1.5 3H21',
  channel: 'M8 3h8v18H8zM11 18h2',
  endpoint: 'M10 14l4-4M8 11l-3 3a3.5 3.5 0 0 0 5 5l3-3M16 13l3-3a3.5 3.5 0 0 0-5-5l-3 3',
  template: 'M5 4h14v16H5zM9 9h6M9 13h6M9 17h3',
  key: 'M8 12a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 13l9-9M16 8l3 3',
  audit: 'M6 3h9l4 4v14H6zM10 12h5M10 16h5',
  menu: 'M4 7h16M4 12h16M4 17h16',
  back: 'M14 6l-6 6 6 6',
  next: 'M10 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  alert: 'M12 4l9 16H3zM12 10v4M12 17v.01',
  retry: 'M20 11a8 8 0 1 0-2 6M20 5v6h-6',
  pause: 'M9 5v14M15 5v14',
  play: 'M7 5l12 7-12 7z',
  plus: 'M12 5v14M5 12h14',
  send: 'M4 12l16-8-5 17-3-7zM12 14l8-10',
  clip: 'M19 11l-7.5 7.5a4.5 4.5 0 0 1-6.400-6.400L13 4.5a3 3 0 0 1 4.300 4.300L10 16',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2',
  code: 'M9 7l-5 5 5 5M15 7l5 5-5 5',
  out: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  leave: 'M14 4H5v16h9M11 12h10M17 8l4 4-4 4',
  in: 'M18 6L7 17M7 9v8h8',
  up: 'M6 18L17 7M9 7h8v8',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c1-5 4-6 8-6s7 1 8 6',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  event: 'M13 3L5 14h6l-1 7 8-11h-6z',
  filter: 'M4 5h16l-6 8v6l-4-2v-4z',
  place: 'M12 21s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12zM12 7a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  help: 'M9 9a3 3 0 1 1 4 3c-1 .6-1 1-1 2M12 18v.01',
};

/** It says nothing itself: what it stands for is the text, or the label, of what it is in. */
export function Icon({ name }) {
  return h('svg', { class: `icon icon-${name}`, viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    h('path', { d: PATHS[name] ?? PATHS.file }));
}
