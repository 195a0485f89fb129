// Why something is so: its causes, back to the fault, timer or start that began it, each with its moment, its line and the
// rules that ran; and what would have happened without it, from runs that were really made.

import { focused, h, setText } from "../dom.js";
import { seconds } from "../words.js";

/** @typedef {import("../engine.js").Chain} Chain */
/** @typedef {import("../engine.js").Reason} Reason */

/** What a reason's disc shows besides its number: a fault is red, and what did not come is hollow. */
const TONES = /** @type {Record<string, string>} */ ({ act: "fault", silence: "missing", chance: "missing", since: "early", start: "early", state: "state" });

/** @param {import("../app.js").App} app */
export function createWhy(app) {
  const { player, store } = app;
  const title = h("h2");
  const list = h("ol", { class: "reasons" });
  const others = h("ul", { class: "what-ifs", "aria-label": "What if?" });
  const note = h("p", { class: "note", hidden: true });
  const nodes = h("div", { class: "ask", role: "group", "aria-label": "Ask about a node" });
  const root = h("section", { class: "why", "aria-label": "Why" }, title, list, note, others);
  let asked = "";
  /** @type {Chain | null} */
  let chain = null;
  /** The change that is being tried, and those that are left. */
  let trying = -1;
  let chips = "";
  let here = -1;

  /** What is asked: an event, or a node, or the lane. @param {import("../debugging.js").Focus} focus */
  const question = (focus) => {
    const events = player.frame?.lanes[focus.lane]?.events ?? 0;
    return focus.root === null ? `${focus.lane} node ${focus.place} ${focus.field} ${events}` : `${focus.lane} event ${focus.root}`;
  };

  /** @param {Reason} it @param {number} number @param {number} lane */
  function row(it, number, lane) {
    const go = () => app.focus({ lane, step: it.step, place: it.node < 0 ? store.get().focus?.place ?? null : it.node, root: store.get().focus?.root ?? null });
    const now = it.kind === "state";
    const disc = h("button", {
      type: "button", class: `disc ${TONES[it.kind] ?? ""}`, text: String(number), disabled: now,
      "aria-label": `${number}: go to ${seconds(it.at)}`, title: now ? "" : `Go to ${seconds(it.at)}`, onclick: go,
    });
    const meta = h("p", { class: "meta" }, h("span", { class: "at", text: seconds(it.at) }));
    if (it.rules.length > 0) meta.append(h("span", { class: "rules", text: it.rules.map((rule) => `R${rule}`).join(" ") }));
    const { line } = it;
    if (line !== null) {
      meta.append(h("button", { type: "button", class: "link", text: `line ${line + 1}`, title: "Show it in the scenario", onclick: () => {
        store.edit({ sheet: true });
        app.editor.reveal(line);
      } }));
    }
    if (it.from.length > 0) meta.append(h("span", { class: "from", text: `from ${it.from.map((at) => at + 1).join(" ")}` }));
    return h("li", { class: it.kind, "data-step": String(it.step) }, disc, h("div", {}, h("p", { class: now ? "text" : "text goes", text: it.text, onclick: now ? null : go }), meta));
  }

  /** @param {Chain} found @param {number} lane */
  function show(found, lane) {
    setText(title, found.question);
    // The newest first, as one asks back from it.
    list.replaceChildren(...found.reasons.map((it, i) => row(it, i + 1, lane)).reverse());
    note.hidden = !found.truncated;
    setText(note, "The chain is too long to show in full.");
    others.replaceChildren(...found.changes.map((it) => h("li", { class: "open" }, h("b", { text: "What if?" }), h("span", { text: `Without ${it.without}…`.replaceAll("`", "") }))));
    trying = found.changes.length > 0 ? 0 : -1;
    app.thread = found.reasons.map((it, i) => ({ number: i + 1, step: it.step, place: it.node < 0 ? null : it.node, at: it.at, from: it.from.map((from) => from + 1) }));
    root.classList.remove("stale");
    here = -1;
  }

  /** Tries the next change, for a slice. @param {Chain} found */
  function tryNext(found) {
    const outcome = player.guard(() => player.engine?.whatIf(trying) ?? null, null);
    app.loop.request();
    if (!outcome) return;
    const { text, without } = found.changes[trying];
    others.children[trying].replaceWith(h("li", {}, h("p", {}, h("b", { text: "What if?" }), h("span", { text: outcome.text.replaceAll("`", "") })), h("button", {
      type: "button", text: "Play it", "aria-label": `Play it without ${without}`, title: "Change the scenario like this", onclick: () => player.take(text),
    })));
    trying = trying + 1 < found.changes.length ? trying + 1 : -1;
  }

  /** The nodes, to ask about one of them. @param {import("../debugging.js").Focus} focus */
  function offer(focus) {
    const lane = player.frame?.lanes[focus.lane];
    if (!lane) return;
    const key = `${focus.lane} ${focus.place} ${lane.nodes.map((it) => `${it.name}${it.leads}${it.up}`).join()}`;
    if (key === chips) return;
    chips = key;
    const held = [...nodes.children].indexOf(/** @type {Element} */ (focused(nodes)));
    nodes.replaceChildren(...lane.nodes.map((it) => h("button", {
      type: "button", class: it.leads ? "leads" : it.up ? "" : "down", text: it.label, "aria-pressed": String(it.place === focus.place),
      title: `Ask about ${it.name}`, onclick: () => app.focus({ place: it.place }),
    })));
    if (held >= 0) /** @type {HTMLElement | undefined} */ (nodes.children[held])?.focus();
  }

  return {
    root,
    /** The nodes to ask about. */
    nodes,
    draw() {
      const { focus, revision, playing } = store.get();
      if (!focus || !player.head.arrived) return;
      offer(focus);
      const key = `${revision} ${question(focus)}`;
      // While it plays, what happens is told above.
      if (key !== asked && !playing) {
        root.classList.toggle("stale", chain !== null);
        const found = player.guard(() => player.engine?.why(focus.lane, focus.root, focus.place, focus.field) ?? null, null);
        if (!found) {
          app.loop.request();
          return;
        }
        [asked, chain] = [key, found];
        show(found, focus.lane);
      }
      if (chain && trying >= 0 && key === asked) tryNext(chain);
      const step = player.frame?.lanes[focus.lane]?.events ?? -1;
      if (step === here) return;
      here = step;
      for (const item of list.children) {
        if (item.getAttribute("data-step") === String(step)) item.setAttribute("aria-current", "step");
        else item.removeAttribute("aria-current");
      }
    },
  };
}
