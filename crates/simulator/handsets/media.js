// Files, places and contact cards in a bubble.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const missing = (media, label) =>
  h(
    "div",
    { class: "absent" },
    icon(media.type === "video" ? "play" : "image"),
    h("span", {}, label, media.link && h("small", {}, media.filename ?? media.link)),
  );

const picture = (media) => {
  if (!media.src) return missing(media, media.link ? "Picture from a link" : "Picture");
  const image = h("img", { src: media.src, alt: "Picture", loading: "lazy", class: "picture" });
  image.addEventListener("error", () => image.replaceWith(missing(media, "The picture is gone")));
  return h("a", { href: media.src, target: "_blank", class: "picture-link", "aria-label": "Open the picture" }, image);
};

const film = (media) => {
  if (!media.src) return missing(media, media.link ? "Video from a link" : "Video");
  const video = h("video", { src: media.src, controls: true, preload: "metadata", class: "film", "aria-label": "Video" });
  video.addEventListener("error", () => video.replaceWith(missing(media, "The video cannot be shown")));
  return video;
};

const minutes = (seconds) => {
  const whole = Number.isFinite(seconds) ? Math.round(seconds) : 0;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

/** A player with a wave of its own; `played` is called once at the first play. */
const sound = (media, played) => {
  const audio = h("audio", { src: media.src ?? "", preload: "metadata" });
  const bars = h("span", { class: "wave", "aria-hidden": "true" });
  let seed = [...(media.src ?? media.link ?? "a")].reduce((sum, letter) => (sum * 33 + letter.codePointAt(0)) % 65_521, 5);
  for (let place = 0; place < 34; place += 1) {
    seed = (seed * 75 + 74) % 65_537;
    bars.append(h("i", { class: `bar-${1 + (seed % 8)}` }));
  }
  const place = h("input", { type: "range", min: "0", max: "100", value: "0", step: "1", "aria-label": "Position" });
  const time = h("span", { class: "time" }, "0:00");
  const button = h("button", { type: "button", class: "play", "aria-label": "Play" }, icon("play"));
  const show = () => {
    const part = audio.duration > 0 ? audio.currentTime / audio.duration : 0;
    place.value = String(Math.round(part * 100));
    [...bars.children].forEach((bar, at) => bar.classList.toggle("heard", at / 34 < part));
    time.textContent = minutes(audio.currentTime || audio.duration);
  };
  button.addEventListener("click", () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
  place.addEventListener("input", () => {
    if (audio.duration > 0) audio.currentTime = (Number(place.value) / 100) * audio.duration;
  });
  let first = true;
  audio.addEventListener("play", () => {
    button.replaceChildren(icon("pause"));
    button.setAttribute("aria-label", "Pause");
    if (first) played?.();
    first = false;
  });
  for (const name of ["pause", "ended"]) {
    audio.addEventListener(name, () => {
      button.replaceChildren(icon("play"));
      button.setAttribute("aria-label", "Play");
    });
  }
  for (const name of ["timeupdate", "loadedmetadata", "ended"]) audio.addEventListener(name, show);
  return h("div", { class: `sound ${media.voice ? "voice" : ""}` }, button, h("span", { class: "track" }, bars, place), time, audio);
};

const paper = (media) => {
  const name = media.filename ?? "Document";
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? media.mime_type?.split("/").pop()?.slice(0, 4) ?? "file";
  const inside = [
    h("span", { class: "paper-kind" }, ending.toUpperCase()),
    h("span", { class: "paper-name" }, name, h("small", {}, media.src ? "Document" : "From a link")),
    media.src && icon("download"),
  ];
  return media.src
    ? h("a", { class: "paper", href: media.src, download: name, "aria-label": `Save ${name}` }, inside)
    : h("div", { class: "paper" }, inside);
};

const sticker = (media) => {
  if (!media.src) return missing(media, "Sticker from a link");
  const image = h("img", { src: media.src, alt: "Sticker", loading: "lazy", class: "sticker" });
  image.addEventListener("error", () => image.replaceWith(missing(media, "The sticker is gone")));
  return image;
};

export const drawMedia = (media, played) => {
  switch (media.type) {
    case "image":
      return picture(media);
    case "video":
      return film(media);
    case "audio":
      return sound(media, played);
    case "sticker":
      return sticker(media);
    default:
      return paper(media);
  }
};

/** A map that nobody has to serve: streets made from the coordinates. */
export const drawPlace = (place) => {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 260 130");
  svg.setAttribute("class", "map");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("preserveAspectRatio", "xMidYMid slice");
  const add = (tag, kind, attributes) => {
    const part = document.createElementNS(space, tag);
    part.setAttribute("class", kind);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  };
  const [latitude, longitude] = [Number(place.latitude) || 0, Number(place.longitude) || 0];
  let seed = Math.abs(Math.round(latitude * 7919 + longitude * 104_729)) % 65_537;
  const next = (most) => (seed = (seed * 75 + 74) % 65_537) % most;
  add("rect", "land", { width: 260, height: 130 });
  add("ellipse", "park", { cx: 30 + next(90), cy: 20 + next(40), rx: 34 + next(20), ry: 20 + next(14) });
  const bend = next(40);
  add("path", "water", { d: `M${150 + bend} 135C${170 + bend} 90 ${205 + bend} 95 ${225 + bend} 60S270 20 275 10V140Z` });
  for (let street = 0; street < 5; street += 1) {
    const y = 12 + street * 27 + next(10);
    add("path", street === 2 ? "road wide" : "road", { d: `M-5 ${y}C80 ${y - 14 + next(28)} 170 ${y - 14 + next(28)} 265 ${y - 10 + next(20)}` });
  }
  for (let street = 0; street < 7; street += 1) {
    const x = 14 + street * 38 + next(14);
    add("path", street === 3 ? "road wide" : "road", { d: `M${x} -5C${x - 10 + next(20)} 40 ${x - 10 + next(20)} 90 ${x - 8 + next(16)} 135` });
  }
  add("ellipse", "shade", { cx: 130, cy: 80, rx: 8, ry: 3 });
  add("path", "needle", { d: "M130 80C118 64 113 56 113 47a17 17 0 0 1 34 0C147 56 142 64 130 80Z" });
  add("circle", "eye", { cx: 130, cy: 47, r: 6 });
  const where = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return h(
    "div",
    { class: "place" },
    svg,
    h("span", { class: "place-name" }, h("b", {}, place.name ?? "Location"), h("small", {}, place.address ?? where)),
  );
};

export const drawContacts = (contacts) =>
  contacts.map((contact) => {
    const name = contact.name?.formatted_name ?? contact.name?.first_name ?? contact.phones?.[0]?.phone ?? "Contact";
    const lines = [
      contact.org?.company,
      ...(contact.phones ?? []).map((phone) => phone.phone ?? phone.wa_id),
      ...(contact.emails ?? []).map((email) => email.email),
    ];
    return h(
      "div",
      { class: "card-person" },
      h("span", { class: "person-icon" }, icon("person")),
      h("span", {}, h("b", {}, name), lines.filter(Boolean).map((line) => h("small", {}, line))),
    );
  });
