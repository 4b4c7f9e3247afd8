# SPDX-License-Identifier: GPL-3.0-or-later
"""German: refusals of labelling, finding and rigs. "…" stands for each value, in the same order."""

from __future__ import annotations

_LABEL = {
    "“…” has no action to read.": "„…“ hat keine Aktion zum Lesen.",
    "Choose one in the Action editor, or take all actions of the file.": (
        "Wähle eine im Aktionseditor, oder nimm alle Aktionen der Datei."
    ),
    "No action of this file moves the bones of a character.": (
        "Keine Aktion dieser Datei bewegt die Knochen einer Figur."
    ),
    "Animate one first.": "Animiere zuerst eine.",
    "No NLA strip of a character is selected.": "Kein NLA-Streifen einer Figur ist ausgewählt.",
    "Select strips in the NLA editor and try again.": "Wähle Streifen im NLA-Editor und versuche es noch einmal.",
    "No segment is ticked.": "Kein Abschnitt ist angehakt.",
    "Tick those that are to be written.": "Hake an, was geschrieben werden soll.",
    "No place is chosen to write to.": "Kein Ort zum Schreiben ist gewählt.",
    "Choose markers, a name, an asset or a file.": "Wähle Marker, einen Namen, ein Asset oder eine Datei.",
    "The search text is empty.": "Der gesuchte Text ist leer.",
    "Say what the person does.": "Schreibe auf Englisch, was die Person tut.",
    "There is nowhere to search.": "Es gibt keinen Ort zum Durchsuchen.",
    "Choose this file, asset libraries or a folder.": "Wähle diese Datei, Asset-Bibliotheken oder einen Ordner.",
    "The list belongs to a file that has been closed.": "Die Liste gehört zu einer geschlossenen Datei.",
    "Press Label again.": "Drücke noch einmal auf Benennen.",
    "“…” has … s of motion, too short to be named.": "„…“ hat … s Bewegung, zu wenig für einen Namen.",
    "“…” lasts … hours.": "„…“ dauert … Stunden.",
    "Cut it into takes of at most … hours, or look at the scene's frame rate.": (
        "Teile es in Takes von höchstens … Stunden, oder prüfe die Bildrate der Szene."
    ),
    "The scene has … frames a second; motion is made for … to ….": (
        "Die Szene hat … Bilder in der Sekunde; Bewegung wird für … bis … gemacht."
    ),
    "Set its frame rate, and its base, in the Output properties.": (
        "Stelle ihre Bildrate und deren Basis in den Eigenschaften der Ausgabe ein."
    ),
    "Not on the timeline, so without markers: ….": "Nicht auf der Zeitleiste, daher ohne Marker: ….",
    "Linked from other files, so not changed: ….": "Aus anderen Dateien verknüpft, daher nicht geändert: ….",
    "These takes are not on the timeline, so they cannot have timeline markers.": (
        "Diese Takes sind nicht auf der Zeitleiste und können dort keine Marker haben."
    ),
    "Choose pose markers, which belong to the action.": "Wähle Posenmarker, die zur Aktion gehören.",
    "None of the takes could be read.": "Keiner der Takes konnte gelesen werden.",
    "Skipped: ….": "Ausgelassen: ….",
    "And … more.": "Und … weitere.",
}
_CANNOT_BE_CARRIED = {
    "The bone “…” cannot follow “…”, its parent in a body: ….": (
        "Der Knochen „…“ kann „…“ nicht folgen, an dem er in einem Körper hängt: …."
    ),
    "Change its parent in Edit Mode, or choose other bones in the Bones panel.": (
        "Ändere sein Elternteil im Bearbeitungsmodus oder wähle andere Knochen im Panel Knochen."
    ),
    "The skeleton has several roots, and no bone carries both the trunk and the legs.": (
        "Das Skelett hat mehrere Wurzeln, und kein Knochen trägt Rumpf und Beine."
    ),
    "Give its parts one parent in Edit Mode, or choose its bones by hand in the Bones panel.": (
        "Gib seinen Teilen im Bearbeitungsmodus ein Elternteil oder wähle seine Knochen im Panel Knochen von Hand."
    ),
    "A solo track of the NLA hides the action, so its keys are not the pose on screen.": (
        "Eine Solo-Spur der NLA verdeckt die Aktion; ihre Keys sind nicht die Pose, die man sieht."
    ),
    "Turn the star beside the track off, then edit again.": (
        "Schalte den Stern neben der Spur aus und bearbeite dann noch einmal."
    ),
    "The curves of “…” are samples instead of keys.": "Die Kurven von „…“ sind Abtastwerte statt Keys.",
    "Choose Key > Samples to Keys in the Graph editor, then edit again.": (
        "Wähle im Grapheneditor Keyframe > Abtastwerte in Keyframes und bearbeite dann noch einmal."
    ),
    "The curves of “…” are muted, so an edit of them would not show.": (
        "Die Kurven von „…“ sind stumm; eine Bearbeitung sähe man nicht."
    ),
    "Turn them on in the Graph editor, or their part off in the Edit panel, then edit again.": (
        "Schalte sie im Grapheneditor ein oder ihren Teil im Panel Bearbeiten aus und bearbeite dann noch einmal."
    ),
}
REFUSALS = {**_LABEL, **_CANNOT_BE_CARRIED}
