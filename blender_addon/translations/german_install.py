# SPDX-License-Identifier: GPL-3.0-or-later
"""German: what installing the backend shows."""

from __future__ import annotations

# fmt: off
INSTALL: dict[str, str] = {
    "How to Get One": "So bekommt man es",
    "Open the page of PyTorch that says how to get it": "Die Seite von PyTorch öffnen, die sagt, wie man es bekommt",
    "Look for Python": "Python suchen",
    "Look again for a Python that can run the model": "Noch einmal ein Python suchen, in dem das Modell laufen kann",
    "Copy Command": "Befehl kopieren",
    "Copy the command that puts all that the model needs into a Python, to be run in a terminal":
        "Den Befehl kopieren, der alles, was das Modell braucht, in ein Python bringt; er läuft in einem Terminal",
    "A graphics card of AMD, on Linux": "Eine Grafikkarte von AMD, unter Linux",
    "A graphics card of NVIDIA with a current driver": "Eine Grafikkarte von NVIDIA mit aktuellem Treiber",
    "AMD GPU": "AMD-GPU",
    "Allow Online Access": "Online-Zugriff erlauben",
    "Blender is set to stay offline. The download needs this:":
        "Blender soll offline bleiben. Zum Herunterladen ist nötig:",
    "Cancel Installation": "Installation abbrechen",
    "Change Device": "Gerät wechseln",
    "Check Installation": "Installation prüfen",
    "Copy Installation Log": "Installationsprotokoll kopieren",
    "Copy SSH Command": "SSH-Befehl kopieren",
    "Copy the command that brings the backend of the connection file to this machine. Keep it running in a terminal":
        "Den Befehl kopieren, der das Backend der Verbindungsdatei hierher bringt. Er läuft in einem Terminal weiter",
    "Copy the log of the last installation to the clipboard":
        "Das Protokoll der letzten Installation in die Zwischenablage kopieren",
    "Delete the installed backend and free its disk space. Only what this add-on has installed is deleted":
        "Das installierte Backend löschen und seinen Platz freigeben. Gelöscht wird nur, was das Add-on installierte",
    "Continue an interrupted installation, or repair a damaged or outdated one. Only what is missing is downloaded":
        "Eine unterbrochene Installation fortsetzen oder eine schadhafte reparieren. Nur Fehlendes wird geladen",
    "Install Backend": "Backend installieren",
    "Install Folder": "Installationsordner",
    "Install what the model needs to run: a Python of its own with PyTorch. Blender's stays as it is":
        "Installieren, was das Modell braucht: ein eigenes Python mit PyTorch. Das von Blender bleibt, wie es ist",
    "Installation": "Installation",
    "Keep this running in a terminal:": "Lass dies in einem Terminal laufen:",
    "Look again whether the backend is installed and whole, and what this machine can compute on":
        "Neu prüfen, ob das Backend ganz installiert ist und worauf dieser Rechner rechnen kann",
    "Looking at this machine...": "Der Rechner wird angesehen...",
    "Looking...": "Wird angesehen...",
    "NVIDIA GPU": "NVIDIA-GPU",
    "No GPU: the smallest download, and a clip takes some seconds":
        "Keine GPU: am wenigsten herunterzuladen, ein Clip braucht einige Sekunden",
    "Not installed by the add-on": "Nicht vom Add-on installiert",
    "Or use what is there:": "Oder verwende, was da ist:",
    "Proxy": "Proxy",
    "Proxy for the download: http://user:password@host:port. Empty: as in the preferences":
        "Proxy für das Herunterladen: http://user:password@host:port. Leer: wie in den Einstellungen",
    "Proxy for the download: http://user:password@host:port. Empty: the system's (HTTPS_PROXY)":
        "Proxy für das Herunterladen: http://user:password@host:port. Leer: wie das System sagt (HTTPS_PROXY)",
    "Remove Backend": "Backend entfernen",
    "Repair Backend": "Backend reparieren",
    "Return only when it is done (for scripts and background mode)":
        "Erst zurückkehren, wenn es fertig ist (für Skripte und Hintergrundmodus)",
    "SSH Host": "SSH-Rechner",
    "Set Up": "Einrichten",
    "Stop the installation. What is already downloaded is kept, and Install continues with it":
        "Die Installation anhalten. Geladenes bleibt, und Installieren macht damit weiter",
    "The GPU of an Apple computer with an M processor": "Die GPU eines Apple-Rechners mit M-Prozessor",
    "The Python that runs the backend: one with torch. Empty: the installed one":
        "Das Python, in dem das Backend läuft: eines mit torch. Leer: das installierte",
    "The best that this machine has: the first of those below that was found":
        "Das Beste, was dieser Rechner hat: das erste der folgenden, das gefunden wurde",
    "The machine that the backend of the connection file runs on, as ssh knows it: user@host":
        "Der Rechner, auf dem das Backend der Verbindungsdatei läuft, wie ssh ihn kennt: user@host",
    "This machine has no such device.": "Dieser Rechner hat kein solches Gerät.",
    "Where the backend is installed. Empty: the extension's own folder in your user data":
        "Wohin das Backend installiert wird. Leer: der Ordner der Erweiterung in deinen Benutzerdaten",
    "Where to install. A folder that holds something already gets one of its own in it. "
    "Empty: the one in the preferences":
        "Wohin installiert wird. In einem Ordner mit Inhalt entsteht ein eigener. Leer: wie in den Einstellungen",
    "a Python with PyTorch": "ein Python mit PyTorch",
    "a connection file": "eine Verbindungsdatei",
    "the system's": "wie das System sagt",
    "none: download": "keiner: herunterladen",
    "the extension's own folder": "der Ordner der Erweiterung",
    "the installed one": "das installierte",
    "user@host": "user@host",
}
# fmt: on
