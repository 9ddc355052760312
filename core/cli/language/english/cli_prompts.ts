/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_prompts = [
  // core/cli/prompts/plain_prompts.ts
  "Type a number from 1 to {1} and press Enter.",
  "Type y and press Enter to agree, or press only Enter to refuse.",
  "{1} Type {2} to agree, or only Enter to leave it.",
  "That is not {1}.",
  "Stopped by the user.",
  // core/cli/prompts/terminal_prompts.ts
  "Yes",
  "No",
  "type a part of the name, or use the arrows",
  "No camera has this name.",
] as const;
