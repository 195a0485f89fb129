// The story that a run tells: what is said and asked at a moment, and what readers answered. Pure.

/** @typedef {import("./engine.js").Step} Step */

/**
 * What a reader answered to a question, by the names of the lanes: the position of a choice, or 0 for a lane picked.
 * It is `done` when the run goes on.
 *
 * @typedef {{picks: Readonly<Record<string, number>>, done: boolean}} Said
 * @typedef {Readonly<Record<string, Said>>} Answers By `keyOf` the question.
 */

/** Names a question, also after lines above it were edited. @param {Step} step */
export const keyOf = (step) => `${step.at} ${step.text}`;

/** Whether a text seems to tell a story, before the engine has read it. @param {string} text */
export const tellsStory = (text) => /^[^#"]*\bat\s[^#"]*\b(say|ask)\s+"/m.test(text);

/**
 * The first question between two moments, both included, that the reader has not answered.
 *
 * @param {readonly Step[]} steps
 * @param {Answers} said
 * @param {number} from
 * @param {number} to
 */
export function questionBetween(steps, said, from, to) {
  return steps.find((step) => step.kind === "ask" && from <= step.at && step.at <= to && !said[keyOf(step)]?.done);
}

/**
 * What the story shows at a moment: the question that is open, the one that has just been answered, and the sentences
 * told last. At most one of `open` and `told` is there.
 *
 * @param {readonly Step[]} steps
 * @param {number} now
 * @returns {{open: Step | null, told: Step | null, says: Step[]}}
 */
export function storyAt(steps, now) {
  const asks = steps.filter((step) => step.kind === "ask" && step.at <= now);
  const open = asks.find((step) => now < (step.answerAt ?? 0)) ?? null;
  const answered = asks.findLast((step) => (step.answerAt ?? 0) <= now) ?? null;
  const said = steps.filter((step) => step.kind === "say" && step.at <= now && (step.told?.length ?? 0) > 0);
  const last = said.at(-1)?.at ?? -1;
  const says = said.filter((step) => step.at === last);
  if (open) return { open, told: null, says: last === open.at ? says : [] };
  // What comes later replaces what came before.
  if (answered && (answered.answerAt ?? 0) >= last) return { open: null, told: answered, says: (answered.answerAt ?? 0) === last ? says : [] };
  return { open: null, told: null, says };
}

/**
 * For each lane of a question: what the reader said, what the run says, and whether they agree, in words. Null until the
 * answers are computed.
 *
 * @param {Step} step
 * @param {Said | undefined} said
 * @param {readonly {name: string}[]} lanes The lanes of the run.
 */
export function outcome(step, said, lanes) {
  const { answers, choices } = step;
  if (!answers) return null;
  const answered = said !== undefined && Object.keys(said.picks).length > 0;
  const word = (/** @type {number} */ choice) => (choices.length === 0 ? ["no", "yes"][choice + 1] : choices[choice] ?? "none of these");
  return step.lanes.map((lane) => {
    const name = lanes[lane]?.name ?? "";
    // Among lanes, one that is not picked is an answer too.
    const pick = !answered ? null : said.picks[name] ?? (choices.length === 0 ? -1 : null);
    return { lane, right: word(answers[lane]), yours: pick === null ? null : word(pick), agrees: pick === answers[lane] };
  });
}

/**
 * A lane's run as far as it may be shown: what follows a question that is still to be asked would answer it.
 *
 * @param {import("./engine.js").Story} story
 * @param {number} at
 * @returns {import("./engine.js").Story}
 */
export function veil(story, at) {
  if (story.computed <= at) return story;
  const { bands, moments, violations, wrong, groups } = story;
  /** @template {{from: number}} B @param {B[]} all */
  const begun = (all) => all.filter((it) => it.from < at);
  /** @template {{at: number}} M @param {M[]} all */
  const seen = (all) => all.filter((it) => it.at <= at);
  return {
    ...story, veiled: true, computed: at, bands: begun(bands), groups: groups.map((it) => ({ ...it, bands: begun(it.bands) })),
    wrong: begun(wrong), moments: seen(moments), violations: seen(violations),
  };
}
