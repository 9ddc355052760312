/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const plan = [
  // core/plan/consents.ts
  "Write an image in which nothing says for which board it was made. Written to another board, it does not start.",
  "Nothing in {1} says which board it is made for. Written to another board than the {2}, it does not start.",
  // core/plan/engine.ts
  "Checking first: {1}",
  "Writing to the camera was declined.",
  '"{1}" was left out: it needs the consent "{2}".',
  "The camera gave no proof for: {1}.",
  "{1} the {2}: write {3}.",
  // core/plan/hands_watch.ts
  "Another device came to port {1}: {2}. It is left alone.",
  "A camera came to port {1}, but this run works on port {2}: plug it in there.",
  'The camera came as "{1}", which is not what is waited for.',
  "The camera started normally: the jumper between {1} was not in place when the power came.",
  "The camera started normally: the recovery switch was not on when the power came.",
  "The camera is in its ROM again: the jumper between {1} was still in place when the power came.",
  "The camera is in its recovery mode again: the switch was still on when the power came.",
  "The camera started its firmware before its bootloader could be caught: it must be plugged in once more.",
  // core/plan/hardware_action.ts
  "Unplug the camera from every cable.",
  "Plug the camera into USB again.",
  // core/plan/proof.ts
  "The {1} equals {2} ({3}).",
  "{1} of the file's {2} bytes",
  // core/plan/regions.ts
  'The {1} has no region "{2}"; it has {3}.',
  // core/plan/run_context.ts
  "{1} devices may be the {2}. Which one is it?",
] as const;
