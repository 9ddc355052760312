"""Drives a station: prints what to do, and one line for each camera.

python3 station.py [COMMAND...]; by default every OpenMV Cam H7 that is connected is restored."""

import json
import signal
import subprocess
import sys

command = sys.argv[1:] or ["unbrick", "station", "openmv-h7", "--yes", "--json"]
serials = {}
signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C ends the station, which says how
with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as station:
    for line in station.stdout:
        event = json.loads(line)
        port = event.get("port")
        if event["type"] == "connected":
            serials[port] = event["detected"].get("serial", "no serial number")
        elif event["type"] == "hardware":
            for action in event["actions"]:
                print(f"{port}: {action['text']}")
        elif event["type"] == "run-ended":
            print(f"{port}: {serials.get(port)}: {event['outcome']}, exit code {event['exitCode']}")
        error = event.get("error")
        if error and event.get("state") != "failed":  # run-ended has said it
            print(f"{port or 'station'}: {error['kind']}: {error['message']}")
            for action in error.get("advice", []):
                print(f"  - {action}")
sys.exit(station.returncode)
