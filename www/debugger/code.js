// The algorithm's rules: the lines that ran in the event lit, with the values that decided them in the margin.

import { aboutAlgorithm } from "../algorithms.js";
import { h, setText } from "../dom.js";
import { messageOf } from "../words.js";
import { nodeName } from "./looking.js";

/** How much deeper a line stands for each level, in characters. */
const INDENT = 2;

/**
 * @param {import("../app.js").App} app
 * @param {import("./looking.js").Looking} looking
 * @param {(rule: number, lane: number, place: number) => void} [stop] Called with the number of a line, from 1, that is
 *   chosen to stop at.
 */
export function createCode(app, looking, stop) {
  const { store, player } = app;
  const note = h("small");
  const lines = h("ol", { class: "rules-list", tabindex: "0", "aria-label": "Rules" });
  const root = h("section", { class: "code", "aria-label": "The rules, and which of them ran" },
    h("div", { class: "head" }, h("h3", { text: "What ran" }), note), lines);
  /** The rules of each algorithm, once they are there. @type {Map<string, string[]>} */
  const texts = new Map();
  const asked = new Set();
  let key = "";
  let whole = false;
  const rest = h("button", { type: "button", class: "link rest", text: "All rules", onclick: () => {
    whole = true;
    root.classList.add("whole");
  } });
  root.append(rest);

  /** Fetches the rules, once. @param {string} id */
  async function fetchRules(id) {
    if (asked.has(id)) return;
    asked.add(id);
    try {
      texts.set(id, (await aboutAlgorithm(id)).rules);
    } catch (error) {
      asked.delete(id);
      app.fail(`The rules could not be fetched: ${messageOf(error)}`);
    }
    app.loop.request();
  }

  /** Where the rules ran that are shown: at the node in focus, or else at the first. @param {import("../engine.js").Inspection} found */
  function ranAt(found) {
    const at = [looking.place, found.place];
    const noted = [...found.ran, ...found.reasons].map((it) => it.place);
    return at.find((place) => noted.includes(place)) ?? noted[0] ?? -1;
  }

  /** @param {string} text @param {number} number @param {import("../engine.js").Inspection} found @param {number} place */
  function line(text, number, found, place) {
    const ran = found.ran.some((it) => it.place === place && it.rules.includes(number));
    const reasons = found.reasons.filter((it) => it.place === place && it.rule === number);
    const depth = (text.length - text.trimStart().length) / INDENT;
    const values = reasons.map((it) => h("span", { class: it.holds ? "value" : "value false" },
      h("span", { text: it.text }), h("b", { "aria-hidden": "true", text: it.holds ? "\u00a0✓" : "\u00a0✗" }), h("span", { class: "unseen", text: it.holds ? ", true" : ", false" })));
    const words = h("span", { class: "text" }, text.trim());
    const item = h("li", { class: ran ? "rule ran" : reasons.length > 0 ? "rule decided" : "rule", "data-rule": number },
      stop ? h("button", { type: "button", class: "number", title: `Stop at R${number}`, "aria-label": `Stop at R${number}`, text: `R${number}`, onclick: () => stop(number, store.get().focus?.lane ?? 0, place) })
        : h("span", { class: "number", text: `R${number}` }),
      words, h("span", { class: "margin" }, ...values));
    if (ran) words.prepend(h("span", { class: "unseen", text: "ran: " }));
    item.style.setProperty("--depth", String(depth));
    return item;
  }

  /** @param {number} lane @param {string[]} rules */
  function build(lane, rules) {
    const { found } = looking;
    if (!found) {
      lines.replaceChildren();
      return;
    }
    const place = ranAt(found);
    const items = rules.map((text, i) => line(text, i + 1, found, place));
    // Where there is little room, only the rules that this event has to do with, each with its heading and what belongs to it.
    const tops = rules.map((text, i) => (/^\s/.test(text) ? -1 : i)).filter((i) => i >= 0);
    tops.forEach((from, i) => {
      const block = items.slice(from, tops[i + 1]);
      if (!block.some((it) => it.matches(".ran, .decided"))) for (const it of block) it.classList.add("apart");
    });
    lines.replaceChildren(...items);
    root.classList.toggle("whole", whole || !items.some((it) => it.matches(".ran, .decided")));
    const count = found.ran.find((it) => it.place === place)?.rules.length ?? 0;
    const what = found.message ? found.message.text.split(" ")[0] : found.timer ? `timer ${found.timer}` : "";
    const by = [count === 1 ? "1 rule" : count === 0 ? "no rule" : `${count} rules`, place >= 0 && count > 0 ? `at ${nodeName(player.run.lanes[lane].names[place])}` : "", what ? `on ${what}` : ""];
    setText(note, by.filter((it) => it !== "").join(" "));
    // The first line that ran comes into view, within this list only.
    const first = /** @type {HTMLElement | null} */ (lines.querySelector(".ran") ?? lines.querySelector(".decided"));
    if (!first) return;
    const last = /** @type {HTMLElement} */ ([...lines.querySelectorAll(".ran")].at(-1) ?? first);
    const above = /** @type {HTMLElement} */ (first.previousElementSibling ?? first);
    const [top, bottom] = [above.offsetTop, last.offsetTop + last.offsetHeight];
    if (top < lines.scrollTop || bottom > lines.scrollTop + lines.clientHeight) lines.scrollTop = top;
  }

  return {
    root,
    /** @param {number} clock */
    draw(clock) {
      looking.look(clock);
      const { focus } = store.get();
      if (!focus) return;
      const { id } = player.infos[focus.lane];
      const rules = texts.get(id);
      if (!rules) {
        void fetchRules(id);
        return;
      }
      const now = `${id} ${looking.key}`;
      // What is known may still be about another lane.
      if (now === key || !looking.key.startsWith(`${focus.lane} `)) return;
      key = now;
      build(focus.lane, rules);
    },
  };
}
