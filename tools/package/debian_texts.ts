import { createHash } from "node:crypto";
import { about } from "./release.ts";

/** The texts of a Debian package (host-systems.md 7.1). */

/** What they say. */
export interface About {
  readonly version: string;
  /** Debian's name of the processor, `amd64`. */
  readonly architecture: string;
  /** `NAME <ADDRESS>` */
  readonly maintainer: string;
  readonly homepage: string;
  /** The time of the version. */
  readonly date: Date;
}

/** Returns the control file. @param size of all files, in bytes */
export function control(of: About, glibc: string, size: number): string {
  return `Package: ${about.name}
Version: ${of.version}
Architecture: ${of.architecture}
Maintainer: ${of.maintainer}
Installed-Size: ${Math.ceil(size / 1024)}
Depends: libc6 (>= ${glibc}), libgcc-s1
Section: electronics
Priority: optional
Homepage: ${of.homepage}
Description: ${about.summary[0].toLowerCase()}${about.summary.slice(1)}
${folded(about.description)}
`;
}

/** Returns a description in lines of at most 79 characters that begin with a space. */
function folded(description: string): string {
  return description.replaceAll(/(.{1,78})(?: |$)/g, " $1\n").trimEnd();
}

/** Returns the changelog in Debian's form. */
export function changelog({ version, maintainer, homepage, date }: About): string {
  return `${about.name} (${version}) unstable; urgency=medium

  * Version ${version}. What is new is in CHANGELOG.md at:
    ${homepage}

 -- ${maintainer}  ${date.toUTCString().replace("GMT", "+0000")}
`;
}

/** Returns the licences in Debian's form (DEP-5). */
export function copyright({ homepage }: About): string {
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${about.name}
Source: ${homepage}
Comment: The executable contains parts from others. Their licences are in
 /usr/share/doc/${about.name}/parts; "unbrick licenses" also shows them.

Files: *
Copyright: 2026 the unbrick authors
License: Expat

${expat}`;
}

const expat = `License: Expat
 Permission is hereby granted, free of charge, to any person obtaining a copy
 of this software and associated documentation files (the "Software"), to deal
 in the Software without restriction, including without limitation the rights
 to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 copies of the Software, and to permit persons to whom the Software is
 furnished to do so, subject to the following conditions:
 .
 The above copyright notice and this permission notice shall be included in
 all copies or substantial portions of the Software.
 .
 THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 SOFTWARE.
`;

/** What lintian need not report, and why. */
export const lintianOverrides = `# The runtime, Deno, contains its own Little CMS.
unbrick: embedded-library *
# Nobody looks for this program in a software centre, which reads AppStream files.
unbrick: appstream-metadata-missing-modalias-provide *
`;

/** Tells a running udev about new or removed rules; in a chroot there is none. */
const reloadRules = `#!/bin/sh
set -e
if command -v udevadm >/dev/null; then
  udevadm control --reload && udevadm trigger --subsystem-match=usb --subsystem-match=tty || true
fi
`;

/** The scripts that dpkg runs after it installed or removed the files. */
export const scripts = [["postinst", reloadRules], ["postrm", reloadRules]] as const;

/** Returns the MD5 sums of files by path, as dpkg checks them. */
export function md5sums(files: ReadonlyMap<string, { readonly bytes: Uint8Array }>): string {
  return [...files].map(([path, { bytes }]) =>
    `${createHash("md5").update(bytes).digest("hex")}  ${path}\n`
  ).join("");
}
