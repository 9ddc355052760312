import { isOpen, shown, type TrapValue } from "../../common/traps.ts";
import { text, type Words } from "../../common/text.ts";
import { jobSupport } from "../../family/board.ts";
import { sourceOf } from "../../image/completeness.ts";
import { conditions } from "../arguments/values.ts";
import { type KnownBoard, namesOf } from "../devices/board_names.ts";
import type { ListedJob } from "../json/board_lines.ts";
import { say } from "../language/say.ts";
import { table, wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";

/** The jobs that `boards` lists. */
export const namedJobs: readonly ListedJob[] = [
  "restore",
  "flash",
  "verify",
  "read",
  "backup",
  "put-back",
  "check",
];

/** Returns everything that `boards BOARD` says about a board. */
export function boardDetails({ board, family }: KnownBoard, style: Style, width: number): Words[] {
  const { id, name, chip, folder, formerFolders = [], looks, roles } = board;
  const others = namesOf(board).filter((one) => one !== id);
  const refused = namedJobs.flatMap((job) => {
    const support = jobSupport(board, job);
    return support === true ? [] : [support.refused];
  });
  const jobs = namedJobs.filter((job) => jobSupport(board, job) === true);
  const traps = Object.entries(family.traps ?? {});
  return [
    style.bold(`${name} (${[id, ...others].join(", ")})`),
    ...wrap(text`Chip: ${chip}`, width, "  "),
    ...wrap(text`Folder in releases: ${[folder, ...formerFolders].join(", ")}`, width, "  "),
    ...(looks ? wrap(text`Looks: ${looks}`, width, "  ") : []),
    ...wrap(text`Jobs: ${jobs.join(", ") || "-"}`, width, "  "),
    ...[...new Set(refused)].flatMap((reason) => wrap(reason, width, "  ")),
    ...(roles.length === 0 ? [] : ["", style.bold(say(text`Images (--image ROLE=FILE)`))]),
    ...roles.flatMap(({ role, title, fileNames, comesWith, neededFor }) =>
      wrap(
        neededFor.length > 0
          ? text`${role}: ${title}, ${fileNames[0] ?? "-"} from ${sourceOf(comesWith)}`
          : text`${role}: ${title}, ${fileNames[0] ?? "-"} from ${
            sourceOf(comesWith)
          }; not required`,
        width,
        "  ",
      )
    ),
    "",
    style.bold(say(text`Conditions of the simulated camera (--condition NAME)`)),
    ...wrap(conditions.join(", "), width, "  "),
    ...(traps.length === 0
      ? []
      : ["", style.bold(say(text`Traps of the simulated camera (--trap NAME=VALUE)`))]),
    ...table(
      traps.map(([trap, values]) => [`  ${trap}`, valuesOf(values)]),
    ).flatMap((line) => wrap(line, width)),
  ];
}

/** Returns what a trap can be, the default first. */
function valuesOf(values: readonly [TrapValue, ...TrapValue[]]): Words {
  const [usual, ...others] = values;
  if (typeof usual === "boolean") {
    return usual ? text`true (default) or false` : text`false (default) or true`;
  }
  if (!isOpen(values)) return text`${shown(usual)} (default), ${others.map(shown).join(", ")}`;
  return typeof usual === "number"
    ? text`a number, ${usual} by default`
    : text`a text, ${shown(usual)} by default`;
}
