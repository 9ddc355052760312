/** What `unbrick help` explains beside the commands. */
export const EXIT_CODES = "exit-codes";
export const helpTopics = [{ word: EXIT_CODES, meaning: "What the exit codes mean." }];
