// Icons, drawn in place so that they take the colour of the text.

const PATHS = {
  back: "M15 5l-7 7 7 7",
  down: "M6 9.500l6 6 6-6",
  next: "M9.500 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 6h.01M12 12h.01M12 18h.01",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16.5 16.5L20 20",
  send: "M5 12h13M12 5.5l6.5 6.5L12 18.5",
  reply: "M9 7L4 12l5 5M4.5 12H14a6 6 0 0 1 6 6",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.6-5.6L12 7.200M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.6 5.6L12 16.800",
  phone: "M6 4h3l1.5 4.500L8.500 10a11 11 0 0 0 5.500 5.500l1.500-2L20 15v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2",
  hangup: "M3 13.500c5-5 13-5 18 0l-1.800 2.800-4-1.300V12.500a11 11 0 0 0-6.400 0V15l-4 1.300z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  list: "M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01",
  bag: "M6 8h12l1 12H5zM9 8V7a3 3 0 0 1 6 0v1",
  form: "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
  pin: "M12 21c4-5 6-8 6-11a6 6 0 0 0-12 0c0 3 2 6 6 11M12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4",
  person: "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4.500 20a7.500 6 0 0 1 15 0",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 8.500h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M6 11a6 6 0 0 0 12 0M12 17v4",
  play: "M8 5.500v13l10.500-6.500z",
  pause: "M8.500 5.500v13M15.500 5.500v13",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  smile: "M12 3.500a8.500 8.500 0 1 0 0 17a8.500 8.500 0 0 0 0-17M8.500 14a4 4 0 0 0 7 0M9 9.500h.01M15 9.500h.01",
  code: "M8 7l-5 5 5 5M16 7l5 5-5 5",
  block: "M12 3.500a8.500 8.500 0 1 0 0 17a8.500 8.500 0 0 0 0-17M6 6l12 12",
  power: "M12 3v8M6.500 6.500a8 8 0 1 0 11 0",
  mute: "M5 10v4h3l5 4V6L8 10zM16 9.500l5 5M21 9.500l-5 5",
  clock: "M12 3.500a8.500 8.500 0 1 0 0 17a8.500 8.500 0 0 0 0-17M12 7.500V12l3 2",
  alert: "M12 4l9 16H3zM12 10v4M12 17h.01",
  gift: "M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9C8 9 7 4 9.500 4S12 9 12 9s0-5 2.500-5S16 9 12 9",
  chat: "M5 5h14v11H10l-5 4z",
  check: "M5 12.500l4.500 4.500L19 7.500",
  ticks: "M2.500 12.800l4 4L15 8.200M10.500 15.600l1.200 1.200L20.500 8.200",
  tick: "M6 12.800l4 4L18.500 8.200",
};

export const icon = (name, extra = "") => {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name} ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.chat);
  svg.append(path);
  return svg;
};
