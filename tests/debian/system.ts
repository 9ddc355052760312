import { cacheFolder } from "../../tools/targets.ts";
import { DebianChroot } from "../support/debian_chroot.ts";

/** A Debian 13 in which the package is checked, installed, used and removed. */
export const system = new DebianChroot(
  new URL("debian/", cacheFolder),
  ["lintian", "man-db", "mandoc", "bash-completion", "zsh", "fish", "udev"],
  { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C.UTF-8" },
);

/** An ordinary user inside. */
export const USER = "technician";
