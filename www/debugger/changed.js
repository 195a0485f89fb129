// A node, as an event left it: what changed, old beside new; the rest on demand; what is on disk; its clock and its timers.

import { h } from "../dom.js";
import { span } from "../words.js";
import { capital, exact, nodeName } from "./looking.js";
import { createMessage } from "./message.js";

/** @typedef {import("../engine.js").NodeChange} NodeChange */

/** The most characters of a value that are shown; its title has all. */
const VALUE_MAX = 90;
/** What a condition can compare a field with. */
const WORDS = /^[\w. -]+$/;
/** The most messages that are listed. */
const SENT_MAX = 6;

/** @param {string} text */
const clipped = (text) => (text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX - 2)}…` : text);

/** The words of a value, with those marked that the other one lacks. @param {string} text @param {string | null} other */
function words(text, other) {
  const shown = clipped(text).split(" ");
  const old = other?.split(" ") ?? [];
  // What differs altogether needs no marks.
  if (shown.length < 2 || !shown.some((word) => old.includes(word))) return [shown.join(" ")];
  return shown.map((word, i) => h("span", {}, i > 0 ? " " : "", old.includes(word) ? word : h("mark", { text: word })));
}

/**
 * A row: what it is called, how it was, how it is.
 *
 * @param {string} name @param {string | null} old @param {string | null} now @param {Node | null} [note]
 * @param {(() => void) | null} [halt] Stops where it becomes what it is.
 * @param {(() => void) | null} [ask] Asks why it is what it is.
 */
function row(name, old, now, note = null, halt = null, ask = null) {
  const same = old === now;
  return [
    h("dt", {}, halt ? h("button", { type: "button", class: "link halt", title: `Stop when ${name} is ${now}`, "aria-label": `${name}: stop when it is ${now}`, text: name, onclick: halt }) : name),
    h("dd", {},
      same || old === null ? null : h("del", { text: clipped(old), title: old }),
      same ? null : h("span", { class: "to", text: " → ", "aria-label": "became" }),
      now === null ? h("em", { text: "lost" }) : h(same ? "span" : "ins", { title: now }, ...words(now, same ? now : old)),
      note,
      ask ? h("button", { type: "button", class: "link why-so", title: `What last changed ${name}, and why`, "aria-label": `${name}: why?`, text: "why?", onclick: ask }) : null),
  ];
}

/** What the disk says of a field. @param {{new: string | null, disk: string | null}} field */
function onDisk(field) {
  if (field.disk === null) return null;
  if (field.disk === field.new) return h("small", { class: "disk", title: "On disk: it survives a crash", text: "disk" });
  return h("small", { class: "disk bad", title: "A crash would leave this", text: `on disk: ${clipped(field.disk)}` });
}

/** How a clock compares with true time. @param {number} ahead In microseconds. @param {number} ppm */
function clockText(ahead, ppm) {
  const gap = Math.abs(ahead) < 1 ? "" : `${span(Math.abs(Math.round(ahead)))} ${ahead > 0 ? "ahead" : "behind"}`;
  const rate = ppm === 0 ? "" : `runs ${Math.abs(ppm) / 10_000} % ${ppm > 0 ? "fast" : "slow"}`;
  return [gap, rate].filter((it) => it !== "").join(", ") || "true time";
}

/**
 * @param {import("../app.js").App} app
 * @param {import("./looking.js").Looking} looking
 * @param {import("./stops.js").Stops} stops
 */
export function createChanged(app, looking, stops) {
  const { store, player } = app;
  const message = createMessage(app, stops.atMessage);
  const body = h("div");
  const root = h("section", { class: "changed", "aria-label": "What this event changed" }, message.root, body);
  const more = h("section", { class: "changed", "aria-label": "Timers, and what it sent" });
  let key = "";
  let open = false;

  /** The setting that says how long a timer runs, and its change. @param {import("../engine.js").Ruling} rule */
  const ruled = ({ setting, value, line }) => h("button", {
    type: "button", class: "link ruling", title: "Change it in the scenario", "aria-label": `Change ${setting} ${value}, ${line === null ? "default" : `line ${line + 1}`}`,
    onclick: () => app.editor.change(setting, value),
  }, h("code", { text: `${setting.replace(/^.*?\./, "")} ${value}` }));

  /** @param {NodeChange} node @param {number} at @param {number} lane */
  function timers(node, at, lane) {
    if (node.timers.length === 0) return null;
    const rulings = player.guard(() => player.engine?.rulings(lane, node.place) ?? [], []);
    const rows = [...node.timers].sort((a, b) => (a.due ?? -1) - (b.due ?? -1)).flatMap((timer) => {
      const rule = rulings.find((it) => it.timer === timer.name);
      const gone = timer.due === null;
      const when = timer.due === null ? "" : timer.due <= at ? "overdue" : `in ${span(timer.due - at)}`;
      const told = timer.state === "kept" ? "" : timer.state === "set" ? (timer.was === null ? "set now" : "set again") : timer.state;
      return [
        h("dt", { text: timer.name }),
        h("dd", { class: `is-${timer.state}` },
          gone && timer.was !== null ? h("del", { text: timer.state === "fired" ? "now" : `in ${span(Math.max(0, timer.was - at))}` }) : h("span", { title: timer.due === null ? "" : exact(timer.due), text: when }),
          told ? h(timer.state === "set" ? "ins" : "em", { text: told }) : null,
          rule ? ruled(rule) : null),
      ];
    });
    return [h("h3", { text: "Timers" }), h("dl", { class: "values timers" }, ...rows)];
  }

  /** @param {NodeChange} node @param {import("../engine.js").Inspection} found @param {number} lane */
  function about(node, found, lane) {
    /** Stops where the field becomes what it is now. @param {{name: string, new: string | null}} field */
    const halt = (field) => (field.new === null || !WORDS.test(field.new) ? null : () => stops.atField(field.name, field.new ?? "", lane, node.place));
    /** Asks why the field is what it is. @param {{name: string, new: string | null}} field */
    const ask = (field) => (field.new === null ? null : () => app.focus({ lane, place: node.place, field: field.name, step: found.event, root: null }));
    const differs = node.fields.filter((it) => it.old !== it.new);
    const same = node.fields.filter((it) => it.old === it.new);
    /** What is around the process, where it differs. @type {[string, string, string][]} */
    const around = [
      ["process", ...node.process],
      ["clock", clockText(node.ahead[0], node.drift[0]), clockText(node.ahead[1], node.drift[1])],
      ["slowed by", span(node.slow[0]), span(node.slow[1])],
      ["inbox", String(node.inbox[0]), String(node.inbox[1])],
    ];
    // A clock that runs fast gains with every event.
    const moved = around.filter(([name, old, now]) => old !== now && (name !== "clock" || node.drift[0] !== node.drift[1] || node.drift[1] === 0));
    const rows = [...moved.flatMap(([name, old, now]) => row(name, old, now)), ...differs.flatMap((it) => row(it.name, it.old, it.new, onDisk(it), halt(it), ask(it)))];
    const [, clock] = around;
    const rest = h("details", { open, ontoggle: (/** @type {Event} */ event) => (open = /** @type {HTMLDetailsElement} */ (event.target).open) },
      h("summary", { text: same.length === 0 ? "Clock" : `${same.length} same` }),
      h("dl", { class: "values" }, ...same.flatMap((it) => row(it.name, it.old, it.new, onDisk(it), null, ask(it))),
        h("dt", { text: "clock" }), h("dd", { text: clock[2] === "true time" ? `${exact(found.at)}, true time` : `${exact(found.at + node.ahead[1])}, ${clock[2]}` })));
    return [
      h("h3", { text: found.event === 0 ? "At the start" : "Changed by this event" }),
      rows.length > 0 ? h("dl", { class: "values now" }, ...rows) : h("p", { class: "none", text: "Nothing that it knows." }),
      rest,
    ];
  }

  /** The messages that the event sent. @param {import("../engine.js").Inspection} found @param {number} lane */
  function sent(found, lane) {
    if (found.sent.length === 0) return [];
    const names = player.run.lanes[lane].names;
    /** What goes to several nodes alike stands in one row. @type {(typeof found.sent)[]} */
    const alike = [];
    for (const it of found.sent) {
      const same = alike.find(([first]) => first.text === it.text && first.from === it.from && first.lost === it.lost);
      if (same) same.push(it);
      else alike.push([it]);
    }
    const rows = alike.slice(0, SENT_MAX).map((all) => h("li", {},
      all[0].from === found.place ? "to " : `${names[all[0].from]} to `,
      ...all.flatMap((it, i) => [i > 0 ? ", " : "", h("button", {
        type: "button", class: "link", "aria-label": `${it.name} ${it.text}`, text: names[it.to] ?? "the store",
        onclick: () => app.focus({ step: found.event, place: looking.place < 0 ? null : looking.place, message: { from: it.from, to: it.to, nth: it.nth, copy: it.copy } }),
      })]),
      `: ${clipped(all[0].text)}`, all[0].lost ? h("em", { class: "bad", text: ` ${all[0].lost}` }) : null));
    if (alike.length > SENT_MAX) rows.push(h("li", { class: "more", text: `and ${alike.length - SENT_MAX} more` }));
    return [h("h3", { text: `Sent ${found.sent.length}` }), h("ul", { class: "sent" }, ...rows)];
  }

  /** @param {import("../engine.js").Inspection} found */
  function content(found) {
    const { focus } = store.get();
    if (!focus) return [];
    const run = player.run.lanes[focus.lane];
    const place = looking.place;
    const node = found.nodes.find((it) => it.place === place) ?? found.nodes[0];
    const others = found.nodes.filter((it) => it !== node);
    /** Where else to look. @param {string} words */
    const elsewhere = (words) => others.length === 0 ? null : h("p", { class: "others" }, words, ...others.flatMap((it, i) => [
      i > 0 ? ", " : "",
      h("button", { type: "button", class: "link", text: nodeName(run.names[it.place]), onclick: () => app.focus({ step: found.event, place: it.place }) }),
    ]));
    const away = node !== undefined && found.place >= 0 && node.place !== found.place;
    return [
      h("h2", { class: "what", text: found.told || capital(found.text) }),
      h("p", { class: "sub" }, found.told && found.text !== "" ? h("span", { text: `${found.text} · ` }) : null,
        h("span", { text: `${exact(found.at)} · ${found.event === 0 ? "start" : `event ${found.event}`}` })),
      away ? elsewhere("Changed: ") : null,
      away ? h("p", { class: "whose", text: capital(nodeName(run.names[node.place])) }) : null,
      ...(node ? about(node, found, focus.lane) : [h("p", { class: "none", text: "It changed no node." })]),
      away ? null : elsewhere("Changed too: "),
    ];
  }

  /** What else there is to see of the event. @param {import("../engine.js").Inspection} found */
  function further(found) {
    const { focus } = store.get();
    if (!focus) return [];
    const node = found.nodes.find((it) => it.place === looking.place) ?? found.nodes[0];
    return [...(node ? timers(node, found.at, focus.lane) ?? [] : []), ...sent(found, focus.lane)];
  }

  return {
    root,
    /** Its timers and what it sent: less pressing than why. */
    more,
    /** @param {number} clock */
    draw(clock) {
      message.draw(clock);
      looking.look(clock);
      if (key === looking.key) return;
      key = looking.key;
      body.replaceChildren(...(looking.found ? content(looking.found).filter((it) => it !== null) : []));
      more.replaceChildren(...(looking.found ? further(looking.found) : []));
    },
  };
}
