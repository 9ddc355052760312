import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_guide: Catalogue = {
  "camera": "",
  "The cable is put into the camera": "",
  "The cable is pulled out of the camera": "",
  '.cable { display: block; width: 15rem; max-width: 100%; height: auto; margin: .6rem 0 0; }\n.cable text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }\n.cable .edge { fill: var(--board); stroke: var(--soft); stroke-width: 1.5; }\n.cable .socket { fill: var(--paper); stroke: var(--soft); stroke-width: 1.5; }\n.cable .cord { fill: none; stroke: var(--soft); stroke-width: 5; }\n.cable .plug { fill: var(--soft); }\n.cable .tip { fill: var(--paper); stroke: var(--soft); stroke-width: 1.5; }\n.cable .arrow { fill: none; stroke: var(--signal-line); stroke-width: 3; }':
    "",
  "The board with {1} marked": "",
  "jumper wire": "",
  "wire off": "",
  '.board { display: block; width: 100%; max-width: 27rem; height: auto; margin: .6rem 0 0; }\n.board text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }\n.board .edge { fill: var(--board); stroke: var(--soft); stroke-width: 1.5; }\n.board .thing { fill: var(--paper); stroke: var(--soft); stroke-width: 1.5; }\n.board .point { fill: var(--paper); stroke: var(--soft); stroke-width: 2; }\n.board .knob { fill: var(--soft); }\n.board .marked .point { fill: var(--signal); stroke: var(--ink); stroke-width: 2.5; }\n.board .marked .knob { fill: var(--ink); }\n.board .marked text { font-weight: 700; }\n.board .wire { fill: none; stroke: var(--signal-line); stroke-width: 4; stroke-linejoin: round; }\n.board .wire.off { stroke-dasharray: 5 5; stroke: var(--soft); }\n.board .name { font-weight: 700; fill: var(--signal-line); }':
    "",
  "wire": "",
  "{1} the {2}": "",
  "unbrick: hardware steps": "",
  "Written by unbrick {1}. This page is complete in itself and loads nothing.": "",
  "Steps": "",
  "What you need": "",
  "USB, one that carries data; into the computer itself, not a hub": "",
  "one jumper wire": "",
  "On the computer": "",
  "At the camera": "",
  "If the camera does not appear": "",
  "Ask unbrick what is in the way:": "",
  ".steps { list-style: none; margin: 0; padding: 0; }\n.steps label { display: flex; gap: .75rem; align-items: flex-start; cursor: pointer; }\n.steps input { width: 1.5rem; height: 1.5rem; margin: .2rem 0 0; flex: none; accent-color: var(--good); }\n.steps .number { font-size: 1.5rem; line-height: 1.2; font-weight: 700; color: var(--accent); }\n.steps .say { font-size: 1.0625rem; }\n.steps .say .kicker { display: block; margin: 0; }\n.steps .command {\n  background: var(--ground); border-radius: .4rem; padding: .5rem .7rem; margin: .6rem 0 0;\n}\n.steps .unbrick { border-style: dashed; }\n.steps li:has(input:checked) { background: var(--good-ground); }\n.steps li:has(input:checked) svg, .steps li:has(input:checked) > p { display: none; }\n.steps li:has(input:checked) .kicker { color: var(--ink); }\n.file { display: block; }":
    "",
  "{1} the {2} ({3})": "",
  "Files: {1}.": "",
  "Start with the folder or zip of a firmware release:": "",
};
