// Opens links at their moment and writes the link to a moment.

import { Panic } from "./engine.js";
import { plainHash, readLook, readSelection, writeLook } from "./link.js";
import { list, messageOf } from "./words.js";

/** What `openLink` says of a link without a check code whose text makes no sense. */
const DAMAGED = "this link is damaged: its text is not a scenario; copy the whole link again";

/**
 * Opens a link at its moment. Returns null, or a sentence that says why it does not open.
 *
 * @param {import("./player.js").Player} player
 * @param {string} hash
 * @param {(focus: Partial<import("./debugging.js").Focus>) => void} focus Opens the debugger that the link was made with.
 * @returns {string | null}
 */
export function openLink(player, hash, focus) {
  return player.guard(() => {
    const { engine, store } = player;
    if (!engine) return null;
    let link;
    try {
      link = engine.decodeLink(hash);
    } catch (error) {
      if (error instanceof Panic) throw error;
      return messageOf(error);
    }
    // Without a check code, damage shows in the text. A link with a digest was copied from a run, so it had no errors.
    const suspect = link.trust === "doubtful" || (link.trust === "unchecked" && link.digest !== null);
    if (suspect && (engine.load(link.text)?.length ?? 0) > 0) return DAMAGED;
    const other = link.other === null ? null : { text: link.other, name: link.first ? /** @type {const} */ ("A") : /** @type {const} */ ("B") };
    player.take(link.text, { fresh: true, other });
    store.edit({ stops: link.stops });
    if (other && !store.get().other && other.text !== link.text) {
      store.edit({ notice: { tone: "bad", text: "The second future of this link does not play, so only the first one is here." } });
    }
    if (link.ignored.length > 0) {
      const parts = list(link.ignored.map((it) => (it === "alt" ? "second future" : `part “${it}”`)));
      store.edit({ notice: { tone: "info", text: `This link was made by a later version of the playground; its ${parts} ${link.ignored.length === 1 ? "was" : "were"} ignored.` } });
    }
    // The time of an event number is unknown until the whole run is computed.
    if (store.get().errors.length === 0) player.once(link.step !== null ? Infinity : link.at ?? 0, () => arrive(player, link, focus));
    return null;
  }, null);
}

/** @param {import("./player.js").Player} player @param {import("./engine.js").Link} link @param {(focus: Partial<import("./debugging.js").Focus>) => void} focus */
function arrive({ engine, store, run, head }, link, focus) {
  if (!engine) return;
  store.edit({ playing: false, selected: readSelection(link.selected, run) });
  const there = link.step !== null ? engine.seekEvents(link.step) : engine.seekInstant(link.at ?? 0, link.after);
  head.sent(engine, there, () => {
    if (link.step !== null || link.after > 0) head.stand(engine);
    else [head.now, head.exact] = [Math.min(link.at ?? 0, run.until), false];
    const look = readLook(link.look, run);
    if (look) {
      focus(look.focus);
      store.edit({ comparing: look.comparing && store.get().other !== null });
    }
    if (link.digest !== null && link.digest !== engine.digest()) {
      store.edit({
        notice: {
          tone: "bad",
          text: `This link was ${link.trust === "checked" ? "" : "damaged, or "}made with another version of the engine, whose run was `
            + "not the same up to this moment. What you see is the run of the current version.",
        },
      });
    }
  });
}

/**
 * The hash of a link to the moment on the screen; empty after a panic.
 *
 * @param {import("./player.js").Player} player
 * @param {string} selected
 * @param {import("./debugging.js").Focus | null} [focus] What the debugger is to show there; by default what it shows here.
 */
export function linkHash(player, selected, focus = player.store.get().focus) {
  return player.guard(() => {
    const { engine, text, head } = player;
    if (!player.ran || !engine) {
      const { text: posted } = player.store.get();
      return player.unopened || (posted === "" ? "" : plainHash(posted));
    }
    const { stops, other, comparing } = player.store.get();
    const look = writeLook(focus, comparing, player.run);
    // An engine on its way keeps what it is to do on arrival.
    if (!head.travelling) head.here(engine, () => {});
    // Before the engine arrives, its digest is that of another moment.
    const digest = head.arrived ? engine.digest() : "";
    if (head.exact && head.arrived) return engine.encodeLink(text, null, engine.events, selected, digest, stops ?? "", other, look);
    return engine.encodeLink(text, Math.floor(head.now), null, selected, digest, stops ?? "", other, look);
  }, "");
}
