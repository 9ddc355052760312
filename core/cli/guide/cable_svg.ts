import { type Html, markup } from "../pages/html.ts";
import { text } from "../../common/text.ts";

/** Draws the USB cable being pulled out or plugged in; the same for every board. */
export function cableSvg(way: "in" | "out"): Html {
  const plug = way === "in" ? 126 : 78;
  const arrow = way === "in"
    ? "M40 78 H104 m-10 -7 l10 7 l-10 7"
    : "M104 78 H40 m10 -7 l-10 7 l10 7";
  return markup`
    <svg class="cable" role="img" aria-label="${
    way === "in"
      ? text`The cable is plugged into the camera`
      : text`The cable is unplugged from the camera`
  }" viewBox="0 0 240 92">
      <rect class="edge" x="150" y="6" width="82" height="58" rx="8" />
      <text x="194" y="40" text-anchor="middle">${text`camera`}</text>
      <rect class="socket" x="142" y="26" width="14" height="18" rx="2" />
      <path class="cord" d="M4 35 H${plug - 26}" />
      <rect class="plug" x="${plug - 28}" y="24" width="30" height="22" rx="4" />
      <rect class="tip" x="${plug + 2}" y="28" width="16" height="14" rx="2" />
      <path class="arrow" d="${arrow}" />
    </svg>
  `;
}

export const cableStyle = `
.cable { display: block; width: 15rem; max-width: 100%; height: auto; margin: .6rem 0 0; }
.cable text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
.cable .edge { fill: var(--board); stroke: var(--soft); stroke-width: 1.5; }
.cable .socket { fill: var(--paper); stroke: var(--soft); stroke-width: 1.5; }
.cable .cord { fill: none; stroke: var(--soft); stroke-width: 5; }
.cable .plug { fill: var(--soft); }
.cable .tip { fill: var(--paper); stroke: var(--soft); stroke-width: 1.5; }
.cable .arrow { fill: none; stroke: var(--signal-line); stroke-width: 3; }
`;
