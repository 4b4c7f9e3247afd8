# SPDX-License-Identifier: GPL-3.0-or-later
"""German: what the panel says when a job ends or cannot begin. "…" stands for each value, in the same order."""

from __future__ import annotations

_DONE = {
    "Cancelled. Nothing was changed.": "Abgebrochen. Nichts wurde geändert.",
    "“…” is on “…”.": "„…“ ist auf „…“.",
    "“…” is on “…”, and 1 more take is kept.": "„…“ ist auf „…“, und 1 weiterer Take ist aufbewahrt.",
    "“…” is on “…”, and … more takes are kept.": "„…“ ist auf „…“, und … weitere Takes sind aufbewahrt.",
    "Frames … to … of “…” are edited.": "Die Frames … bis … von „…“ sind bearbeitet.",
    "Frames … to … of “…” are edited; 1 more variation is kept.": (
        "Die Frames … bis … von „…“ sind bearbeitet; 1 weitere Variante ist aufbewahrt."
    ),
    "Frames … to … of “…” are edited; … more variations are kept.": (
        "Die Frames … bis … von „…“ sind bearbeitet; … weitere Varianten sind aufbewahrt."
    ),
    "1 take is listed: “…”.": "1 Take ist aufgelistet: „…“.",
    "… takes are listed; the best is “…”.": "… Takes sind aufgelistet; der beste ist „…“.",
    "The backend is installed. Press Generate.": "Das Backend ist installiert. Drücke auf Erzeugen.",
    "The backend is removed.": "Das Backend ist entfernt.",
    "… Nothing was changed.": "… Nichts wurde geändert.",
}
_BACKEND = {
    "The backend is not installed yet.": "Das Backend ist noch nicht installiert.",
    "Press Install Backend in the CoAMD tab, or choose a Python that has torch in the add-on's preferences.": (
        "Drücke im Reiter CoAMD auf Backend installieren, oder wähle in den Einstellungen ein Python mit torch."
    ),
    "The backend is still being installed.": "Das Backend wird noch installiert.",
    "Wait for it, then try again.": "Warte darauf, dann versuche es noch einmal.",
    "The installation of the backend was interrupted.": "Die Installation des Backends wurde unterbrochen.",
    "The installed backend is of another version than this add-on.": (
        "Das installierte Backend gehört zu einer anderen Version als dieses Add-on."
    ),
    "Press Repair Backend in the CoAMD tab.": "Drücke im Reiter CoAMD auf Backend reparieren.",
    "The chosen Python cannot run the backend: …": "Mit dem gewählten Python läuft das Backend nicht: …",
    "It must start and have …; mend the path in the add-on's preferences.": (
        "Es muss starten und … haben; berichtige den Pfad in den Einstellungen des Add-ons."
    ),
    "The backend is not connected.": "Das Backend ist nicht verbunden.",
    "Start it in the CoAMD tab.": "Starte es im Reiter CoAMD.",
    "The backend has ended.": "Das Backend ist beendet.",
    "Press Start Backend, then generate again.": "Drücke auf Backend starten, dann erzeuge noch einmal.",
    "The backend ended unexpectedly, ….": "Das Backend ist unerwartet beendet (…).",
    "Its log is ….": "Sein Protokoll ist ….",
    "It is started again; press … once more. …": "Es wird neu gestartet; drücke noch einmal auf …. …",
    "The backend gives no answer.": "Das Backend antwortet nicht.",
    "See that it runs and can be reached, then start again.": "Prüfe, ob es läuft und erreichbar ist, dann starte neu.",
    "Blender is set to stay offline, and the backend is at ….": (
        "Blender soll offline bleiben, und das Backend ist auf …."
    ),
    "Blender is set to stay offline, and the backend has to be downloaded.": (
        "Blender soll offline bleiben, und das Backend muss heruntergeladen werden."
    ),
    "Turn on Allow Online Access in Preferences > System.": "Schalte Online-Zugriff in Einstellungen > System ein.",
    "Turn on Allow Online Access in Preferences > System, or choose a folder of wheels.": (
        "Schalte Online-Zugriff in Einstellungen > System ein, oder wähle einen Ordner mit Wheels."
    ),
    "The motion could not be written: …": "Die Bewegung konnte nicht geschrieben werden: …",
    "Nothing was changed. The system console has the details.": (
        "Nichts wurde geändert. Einzelheiten stehen in der Systemkonsole."
    ),
}
_CHARACTER = {
    "There is no character to animate.": "Es gibt keine Figur zum Animieren.",
    "Select an armature, or add the mannequin from the CoAMD tab.": (
        "Wähle eine Armatur, oder füge im Reiter CoAMD die Figur hinzu."
    ),
    "There is no character to read.": "Es gibt keine Figur zum Lesen.",
    "Select an armature with an action.": "Wähle eine Armatur mit einer Aktion.",
    "The character “…” is in Edit Mode, where bones cannot be animated.": (
        "Die Figur „…“ ist im Editiermodus, in dem Knochen nicht animiert werden können."
    ),
    "Press Tab to leave Edit Mode, then generate again.": (
        "Verlasse mit Tab den Editiermodus, dann erzeuge noch einmal."
    ),
    "The character “…” is linked from another file and cannot be animated here.": (
        "Die Figur „…“ ist aus einer anderen Datei verknüpft und kann hier nicht animiert werden."
    ),
    "Make a library override first: Object > Library Override > Make.": (
        "Lege zuerst eine Überschreibung an: Objekt > Bibliotheksüberschreibung > Erstellen."
    ),
    "The character “…” was deleted while its motion was made.": (
        "Die Figur „…“ wurde gelöscht, während ihre Bewegung entstand."
    ),
    "The character “…” was deleted while its motion was edited.": (
        "Die Figur „…“ wurde gelöscht, während ihre Bewegung bearbeitet wurde."
    ),
    "The bones of “…” were edited while its motion was made.": (
        "Die Knochen von „…“ wurden geändert, während die Bewegung entstand."
    ),
    "The armature has no bones to animate.": "Die Armatur hat keine Knochen zum Animieren.",
    "Select the armature that moves the character.": "Wähle die Armatur, die die Figur bewegt.",
    "The armature object has a scale of zero.": "Das Armatur-Objekt hat die Skalierung null.",
    "Set its scale to 1 (Object properties, Transform).": "Setze sie auf 1 (Objekteigenschaften, Transformation).",
    "The bones of this rig are not those of a human body (no …).": (
        "Die Knochen dieses Rigs sind nicht die eines menschlichen Körpers (es fehlt: …)."
    ),
    "Choose its bones by hand in the Bones panel, or select another armature.": (
        "Wähle die Knochen im Feld Knochen von Hand, oder wähle eine andere Armatur."
    ),
    "The rig is a four-legged creature, and the model knows human motion only.": (
        "Das Rig ist ein Vierbeiner, und das Modell kennt nur menschliche Bewegung."
    ),
    "Select a rig with two arms and two legs.": "Wähle ein Rig mit zwei Armen und zwei Beinen.",
    "Use the rig of a whole body, with two arms and two legs.": (
        "Nimm das Rig eines ganzen Körpers mit zwei Armen und zwei Beinen."
    ),
    "The armature of “…” shows its rest pose, so its motion cannot be read.": (
        "Die Armatur von „…“ zeigt ihre Ruhepose, daher kann ihre Bewegung nicht gelesen werden."
    ),
    "Choose Pose Position (Armature properties, Pose), then edit again.": (
        "Wähle Posenposition (Armatureigenschaften, Pose), dann bearbeite noch einmal."
    ),
    "Choose Pose Position (Armature properties, Pose), then try again.": (
        "Wähle Posenposition (Armatureigenschaften, Pose), dann versuche es noch einmal."
    ),
}
_EDIT = {
    "“…” has no action to edit.": "„…“ hat keine Aktion zum Bearbeiten.",
    "Generate a motion, or choose one in the Action editor.": (
        "Erzeuge eine Bewegung, oder wähle eine im Aktionseditor."
    ),
    "No key of “…” is selected.": "Von „…“ ist kein Keyframe ausgewählt.",
    "Select keys in the Dope Sheet, or take the range from the preview range or typed frames.": (
        "Wähle Keyframes im Dope Sheet, oder nimm den Vorschaubereich oder getippte Frames."
    ),
    "The scene has no preview range.": "Die Szene hat keinen Vorschaubereich.",
    "Press P in the timeline and drag over the frames.": "Drücke P in der Zeitleiste und ziehe über die Frames.",
    "The range from frame … to … is empty.": "Der Bereich von Frame … bis … ist leer.",
    "Choose an end after the start.": "Wähle ein Ende nach dem Anfang.",
    "The range from frame … to … leaves the action, whose keys go from … to ….": (
        "Der Bereich von Frame … bis … verlässt die Aktion, deren Keyframes von … bis … gehen."
    ),
    "Choose a range inside it, or use the mode Extend to add motion.": (
        "Wähle einen Bereich darin, oder füge mit dem Modus Verlängern Bewegung an."
    ),
    "No body part is chosen.": "Kein Körperteil ist gewählt.",
    "Turn on at least one part in the Edit panel.": "Schalte im Feld Bearbeiten mindestens einen ein.",
    "The list of prompts is empty.": "Die Liste der Prompts ist leer.",
    "Add a prompt with the + beside the list.": "Füge mit dem + neben der Liste einen Prompt hinzu.",
    "There is no curve to follow.": "Es gibt keine Kurve zum Folgen.",
    "Choose one under Path.": "Wähle eine unter Pfad.",
    "There is nothing to reach.": "Es gibt nichts zu erreichen.",
    "Choose an object under Target.": "Wähle unter Ziel ein Objekt.",
    "The action “…” was changed while it was edited.": "Die Aktion „…“ wurde geändert, während sie bearbeitet wurde.",
    "Press Edit again for how it is now.": "Drücke noch einmal auf Bearbeiten, für ihren jetzigen Stand.",
}
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
    "The text to look for is empty.": "Der gesuchte Text ist leer.",
    "Say what the person does.": "Schreibe auf Englisch, was die Person tut.",
    "There is no place to look through.": "Es gibt keinen Ort zum Durchsuchen.",
    "Choose this file, asset libraries or a folder.": "Wähle diese Datei, Asset-Bibliotheken oder einen Ordner.",
    "The list is of a file that is closed.": "Die Liste gehört zu einer geschlossenen Datei.",
    "Press Label again.": "Drücke noch einmal auf Benennen.",
    "“…” has … s of motion, too short to be named.": "„…“ hat … s Bewegung, zu wenig für einen Namen.",
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
# What is said beside a result that is there all the same.
_REMARKS = {
    "Read ….": "Gelesen wurde ….",
    "The prompt is longer than the model reads; its end had no effect.": (
        "Der Prompt ist länger, als das Modell liest; sein Ende hatte keine Wirkung."
    ),
    "The model has not learnt …. …": "Das Modell hat … nicht gelernt. …",
    "The model has not learnt anything like '…'. …": "Das Modell hat nichts gelernt, was „…“ nahekommt. …",
    "It knows: ….": "Es kennt: ….",
    "The model has not learnt the words of …; what it calls so is a guess.": (
        "Die Wörter von … hat das Modell nicht gelernt; was es so nennt, ist geraten."
    ),
    "Locked channels got no keys, so the motion may differ there: ….": (
        "Gesperrte Kanäle bekamen keine Keyframes, dort kann die Bewegung abweichen: …."
    ),
    "The armature shows its rest pose: choose Pose Position to see it move.": (
        "Die Armatur zeigt ihre Ruhepose: Wähle Posenposition, um die Bewegung zu sehen."
    ),
    "The rig has no root bone above the hips, so the hips carry the travel.": (
        "Das Rig hat keinen Wurzelknochen über der Hüfte, daher trägt die Hüfte den Weg."
    ),
    "The rig has no IK controls that are known here, so the limbs have FK keys.": (
        "Das Rig hat keine hier bekannten IK-Kontrollen, daher haben die Glieder FK-Keyframes."
    ),
    "Drivers move …, so these stay as they are.": "Treiber bewegen …; das bleibt, wie es ist.",
    "The loop travels: its last pose meets its first one in pose and speed, further on the ground.": (
        "Die Schleife wandert: Ihre letzte Pose trifft die erste in Haltung und Tempo, an anderer Stelle am Boden."
    ),
    "The loop turns by … degrees from its first to its last pose.": (
        "Die Schleife dreht sich von der ersten zur letzten Pose um … Grad."
    ),
    "The frames behind the loop were left alone, so they no longer join its end.": (
        "Die Frames nach der Schleife wurden nicht angefasst und schließen nicht mehr an ihr Ende an."
    ),
}
# What the session and the backend call what they do; `progress.describe` makes their first letter a capital.
_PHASES = {
    "Listing": "Listet auf",
    "Drawing": "Zeichnet",
    "Looking through the file": "Sieht die Datei durch",
    "Reading the actions": "Liest die Aktionen",
    "Reading the example": "Liest das Beispiel",
    "Reading the take": "Liest den Take",
    "Reading “…”": "Liest „…“",
    "Reading the motion": "Liest die Bewegung",
    "Reading the motion of take … of …": "Liest die Bewegung, Take … von …",
    "Reading takes": "Liest Takes",
    "Naming the motion": "Benennt die Bewegung",
}
SENTENCES = {**_DONE, **_BACKEND, **_CHARACTER, **_EDIT, **_LABEL, **_REMARKS, **_PHASES}
