# SPDX-License-Identifier: GPL-3.0-or-later
"""German: the Export panel, its tool tips and what it says."""

from __future__ import annotations

# fmt: off
EXPORT = {
    "Export": "Exportieren",
    "All Kept": "Alle aufbewahrten",
    "Show Exported Files": "Exportierte Dateien zeigen",
    "Say that the files are written. Called by the session":
        "Sagen, dass die Dateien geschrieben sind. Wird von der Sitzung aufgerufen",
    "Write results to files for game engines and other programs. The scene stays exactly as it is":
        "Ergebnisse in Dateien für Spiele-Engines und andere Programme schreiben. Die Szene bleibt genau, wie sie ist",
    "Write each result that the file keeps to a file of its own. The scene stays exactly as it is":
        "Jedes Ergebnis, das die Datei aufbewahrt, in eine eigene Datei schreiben. Die Szene bleibt genau, wie sie ist",
    "Which": "Welche",
    "Which of the character's results": "Welche Ergebnisse der Figur",
    "One": "Eins",
    "The one on the character, or the action that is named": "Das auf der Figur, oder die genannte Aktion",
    "All that the file keeps, each to a file of its own": "Alle, die die Datei aufbewahrt, je in eine eigene Datei",
    "Where the files go. Empty: the folder of the panel": "Wohin die Dateien kommen. Leer: der Ordner des Panels",
    "The settings of the Export panel": "Die Einstellungen des Panels Exportieren",
    "Format": "Format",
    "The kind of file": "Die Art der Datei",
    "FBX": "FBX",
    "For Unreal, Unity and most other programs": "Für Unreal, Unity und die meisten anderen Programme",
    "glTF": "glTF",
    "One .glb file, for Godot, the web and others": "Eine .glb-Datei, für Godot, das Web und andere",
    "BVH": "BVH",
    "The skeleton and its motion alone": "Nur das Skelett und seine Bewegung",
    "What carries the character over the ground in the file": "Was die Figur in der Datei über den Boden trägt",
    "As Made": "Wie gemacht",
    "The bones that carry the travel in Blender carry it in the file":
        "In der Datei tragen dieselben Knochen die Fortbewegung wie in Blender",
    "Root Motion": "Root Motion",
    "The root bone carries the travel over the ground, or the armature object where the rig has no root bone":
        "Der Root-Knochen trägt die Fortbewegung, oder das Armature-Objekt, wo das Rig keinen Root-Knochen hat",
    "The character moves on the spot": "Die Figur bewegt sich auf der Stelle",
    "Meshes": "Meshes",
    "Put the character's visible meshes into the file too; BVH holds none":
        "Auch die sichtbaren Meshes der Figur in die Datei schreiben; BVH enthält keine",
    "Where the files go, each named as its action. Empty: Export asks for it":
        "Wohin die Dateien kommen, benannt wie ihre Aktion. Leer: Exportieren fragt danach",
    "Replace Files": "Dateien ersetzen",
    "Replace files of the same name that are there already": "Gleichnamige Dateien ersetzen, die schon da sind",
    "Writing the files": "Schreibt die Dateien",
}
EXPORT_SENTENCES = {
    "… is in ….": "… ist in ….",
    "… files are in ….": "… Dateien sind in ….",
    "There is no result to export.": "Es gibt kein Ergebnis zum Exportieren.",
    "Generate a motion, or choose an action.": "Erzeuge eine Bewegung, oder wähle eine Aktion.",
    "There is no character to export.": "Es gibt keine Figur zum Exportieren.",
    "The character “…” of “…” was deleted.": "Die Figur „…“ von „…“ wurde gelöscht.",
    "Undo that, or choose a character with the same bones.":
        "Mach das rückgängig, oder wähle eine Figur mit denselben Knochen.",
    "“…” does not have the bones of “…”.": "„…“ hat nicht die Knochen von „…“.",
    "Choose the character that it was made for.": "Wähle die Figur, für die es gemacht wurde.",
    "… already exists in the folder.": "… ist schon in dem Ordner.",
    "Turn on Replace Files, or choose another folder.":
        "Schalte Dateien ersetzen ein, oder wähle einen anderen Ordner.",
    "There is no folder ….": "Es gibt keinen Ordner ….",
    "Choose one under Export.": "Wähle einen unter Exportieren.",
    "No file can be written into … (…).": "In … kann keine Datei geschrieben werden (…).",
    "Choose another folder.": "Wähle einen anderen Ordner.",
    "… is relative to the file, which has not been saved yet.": (
        "… liegt neben der Datei, die noch nicht gespeichert ist."
    ),
    "Save it, or choose a folder.": "Speichere sie, oder wähle einen Ordner.",
    "This Blender has no … exporter.": "Dieses Blender hat keinen Exporter für ….",
    "Choose another format, or use Blender from blender.org, which has it.":
        "Wähle ein anderes Format, oder nimm Blender von blender.org, das ihn hat.",
    "Blender ended while it wrote ….": "Blender endete, während es … schrieb.",
    "Try another format.": "Versuch ein anderes Format.",
}
