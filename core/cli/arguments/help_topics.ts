import { text } from "../../common/text.ts";

/** Topics that `unbrick help` explains besides the commands. */
export const EXIT_CODES = "exit-codes";
export const helpTopics = [{ word: EXIT_CODES, meaning: text`What the exit codes mean.` }];
