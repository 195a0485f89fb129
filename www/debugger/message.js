// A message: its fields, when it was sent and by what, when it is due, what became or will become of it, and what it does.

import { messageDeeds, messageName } from "../acts.js";
import { h } from "../dom.js";
import { span } from "../words.js";
import { exact, nodeName } from "./looking.js";

/** The most changed fields that are named. */
const FIELDS_MAX = 5;

/**
 * @param {import("../app.js").App} app
 * @param {(kind: string, lane: number) => void} stop Stops where the first message of a kind is sent.
 */
export function createMessage(app, stop) {
  const { store, player } = app;
  const root = h("div", { class: "message", hidden: true });
  let [key, known] = ["", ""];
  /** @type {import("../engine.js").MessageWay | null} */
  let way = null;

  /** A time that leads to its event. @param {number} at @param {number} event @param {number | null} place */
  const moment = (at, event, place) => h("button", { type: "button", class: "link", text: exact(at), onclick: () => app.focus({ step: event, place }) });

  /** What the message does when it arrives, in the run as it is. @param {import("../engine.js").Ended} end @param {number} lane @param {number} to */
  function effect(end, lane, to) {
    if (end.how !== "received") return null;
    const rules = end.rules.map((n) => `R${n}`).join(" ");
    if (end.idle) return h("span", {}, h("span", { class: "rules", text: rules }), `${rules ? " · " : ""}changes nothing`);
    const looked = player.guard(() => player.engine?.inspect(lane, end.event, to), undefined);
    // It takes more than one call: without the fields until then.
    if (looked === null) known = "";
    const fields = looked?.nodes.find((it) => it.place === to)?.fields.filter((it) => it.old !== it.new) ?? [];
    const named = fields.slice(0, FIELDS_MAX).map((it) => `${it.name} ${it.old ?? "–"} → ${it.new ?? "–"}`);
    const sent = looked?.sent.length ?? 0;
    const texts = [...named, ...(fields.length > FIELDS_MAX ? [`${fields.length - FIELDS_MAX} more fields`] : []), ...(sent > 0 ? [`${sent} sent`] : [])];
    return h("span", {}, h("span", { class: "rules", text: rules }), `${rules ? " · " : ""}${texts.join("; ") || "resets timers only"}`);
  }

  /** @param {import("../engine.js").MessageWay} it @param {import("../engine.js").MessageId} id @param {number} lane */
  function content(it, id, lane) {
    const run = player.run.lanes[lane];
    const here = player.frame?.lanes[lane].events ?? 0;
    const now = player.frame?.now ?? 0;
    const past = it.end !== null && it.end.event <= here;
    const rows = (/** @type {string} */ name, /** @type {(Node | string | null)[]} */ ...value) => [h("dt", { text: name }), h("dd", {}, ...value)];
    const fate = !it.end ? "still on its way at the end of the run"
      : it.end.how === "lost" ? `${past ? "lost" : "will be lost"}: ${it.end.why}` : past ? "received" : "will be received";
    const store = id.to >= run.members + run.services;
    const flies = !past && it.by <= here;
    const does = it.end ? effect(it.end, lane, id.to) : null;
    return [
      h("h2", { class: "what", text: it.kind === "write" ? "Write to the store" : it.kind }),
      h("p", { class: "sub", text: `${nodeName(run.names[id.from])} to ${store ? "the store" : nodeName(run.names[id.to])} · ${it.name}${id.copy > 1 ? ", a copy" : ""}${it.forged ? ", forged by the scenario" : ""}` }),
      h("dl", { class: "values" },
        ...it.fields.flatMap((field) => rows(field.name, field.value)),
        ...rows("sent", moment(it.sent, it.by, id.from), it.by <= here ? "" : " (later than the playhead)"),
        ...(it.due === null ? [] : rows("due", exact(it.due), h("small", { text: ` ${span(it.due - it.sent)} after it was sent${!past && it.due > now ? `, in ${span(Math.round(it.due - now))}` : ""}` }))),
        ...(it.waited === null ? [] : rows("waited", `${exact(it.waited)}: receiver ${it.waits}`)),
        ...rows("fate", h("span", { class: it.end?.how === "lost" ? "bad" : "", text: fate }), it.end ? " " : null, it.end ? moment(it.end.at, it.end.event, store ? null : id.to) : null),
        ...(does ? rows(past ? "did" : "will do", does) : [])),
      flies && !store ? h("div", { class: "deeds" }, ...messageDeeds(messageName(run.ids[id.from], run.ids[id.to], id.nth, id.copy)).map((deed) =>
        h("button", { type: "button", class: deed.tone === "bad" ? "harm" : "", text: deed.label, onclick: () => player.act(deed.action, lane) }))) : null,
      it.kind === "write" ? null : h("button", { type: "button", class: "link leave", text: `Stop at the first ${it.kind}`, onclick: () => stop(it.kind, lane) }),
      h("button", { type: "button", class: "link leave", text: "Back to the node", onclick: () => app.focus({ message: null }) }),
    ];
  }

  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      void clock;
      const { focus, revision } = store.get();
      const id = focus?.message;
      root.hidden = !id;
      if (!focus || !id || !player.frame) return;
      const now = `${focus.lane} ${id.from} ${id.to} ${id.nth} ${id.copy} ${revision}`;
      if (now !== key) {
        const answer = player.guard(() => player.engine?.journey(focus.lane, id), undefined);
        if (answer === null) {
          app.loop.request();
          return;
        }
        [key, way, known] = [now, answer ?? null, ""];
      }
      const shown = `${key} ${player.frame.lanes[focus.lane].events} ${player.frame.now}`;
      if (shown === known) return;
      known = shown;
      root.replaceChildren(...(way ? content(way, id, focus.lane).filter((it) => it !== null) : [h("p", { class: "none", text: "The run no longer sends this message." })]));
      if (known === "") app.loop.request();
    },
  };
}
