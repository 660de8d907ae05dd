/** Words that join others. They occur so often that their sums would hide those that carry a verdict. */

/**
 * Articles, pronouns, prepositions, conjunctions and auxiliary verbs. Those that turn a verdict or
 * qualify one ("no", "not", "but", "without", "too", "only") are left out on purpose.
 */
const WORDS = `
  a an the this that these those
  i me my mine myself you your yours yourself he him his himself she her hers herself it its itself
  we us our ours ourselves they them their theirs themselves one who whom whose which what
  of in on at by for with from to into onto upon about over under between among through during before
  after above below up down out off around against toward towards within along across behind near
  and or so as than if then because while when where how since until though although whether
  am is are was were be been being do does did done doing have has had having
  will would shall should can could may might must
  it's that's there's he's she's i'm i've i'd i'll you're you've you'd you'll we're we've they're they've
  what's who's here there
  br s t re ve ll d m
`;

const FUNCTION_WORDS = new Set(WORDS.trim().split(/\s+/));

/** @param {string} word  in lower case */
export const isFunctionWord = (word) => FUNCTION_WORDS.has(word.replaceAll("’", "'"));
