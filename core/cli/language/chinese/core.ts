import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const core: Catalogue = {
  "Run the same command again: it reads the camera and does what is missing.": "",
  "See what arrives on the bus with: unbrick devices --watch": "",
  "This is a defect of unbrick, not of your camera. Please report it with the command and this text.":
    "",
  "See what can be said with: unbrick --help": "",
  "Check the name of the file and the folder it is in.": "",
  "Name the file with --image ROLE=FILE, or a release's folder or zip with --images.": "",
  "Check that the cable carries data (many only charge) and use a port of the computer, not a hub.":
    "",
  "Run it as the super user: put sudo in front of the command.": "",
  "Let unbrick install the rules: sudo unbrick doctor --install-udev": "",
  "Or save these lines as {1}:": "",
  "Then reload the rules and plug the camera in again:": "",
  "Close programs that may hold the camera: OpenMV IDE, a virtual machine, another unbrick.": "",
  "Unplug the camera, plug it in again, and run the same command again.": "",
  "Run unbrick on the machine itself, or give the USB devices to the virtual machine.": "",
  "Close programs that use the camera, unplug it and plug it in again.": "",
  "A kernel driver holds it: see which one with: lsusb -t": "",
  "Check the cable and use a port of the computer, not a hub.": "",
  "Check the hardware steps: jumper on the right pins before the power comes, cable that carries data.":
    "",
  "In a virtual machine, pass through the device's other USB ids too: it changes its id on the way.":
    "",
  "Compare the name on the camera with the list of: unbrick boards": "",
  "Choose images made for this camera with --images or --image.": "",
  "Give the images of an OpenMV firmware release: --images with its folder or zip.": "",
  "Or keep it for good with: unbrick images import FILE": "",
  "To practise without a camera, add --simulate.": "",
  "Get the file again from OpenMV's firmware release and name the folder or zip with --images.": "",
  "The protection can only be taken off by erasing the whole chip; unbrick does that only when told by name.":
    "",
  "See what can be allowed for this board with: unbrick boards": "",
  "If it happens again with another cable and port, the flash of this camera is worn or damaged.":
    "",
  "Add --yes to agree to writing without being asked.": "",
  "If you want it, run the same command again with: --allow {1}": "",
  "Say it on the command line: the name of the board, or the port with --port PATH.": "",
  "Unplug the camera, leave a jumper where it is, plug it in again, and run the same command again.":
    "",
  "If it happens again, use another cable and a port of the computer, not a hub.": "",
  "Give the device{1} the WinUSB driver with Zadig (zadig.akeo.ie):": "",
  "Options > List All Devices, choose it, choose WinUSB, Install or Replace Driver": "",
  "ST's own driver (STTub30) and a missing driver both look like this.": "",
  "Do not do this for 1FC9:0135 and 15A2:0073: they are HID devices and need no driver.": "",
  "Waited {1} ms for {2}.": "",
  "The work has ended.": "",
  "The plugin {1} cannot be loaded: {2}": "",
  "The plugin {1} exports no board family.": "",
};
