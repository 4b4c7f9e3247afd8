# SPDX-License-Identifier: GPL-3.0-or-later
"""German: what the panel says when a job ends or cannot begin. "…" stands for each value, in the same order."""

from __future__ import annotations

from .german_refusals import REFUSALS

_DONE = {
    "Cancelled. Nothing was changed.": "Abgebrochen. Nichts wurde geändert.",
    "“…” is on “…”: … frames, … bones.": "„…“ ist auf „…“: … Frames, … Knochen.",
    "“…” is on “…”: … frames, … bones; 1 more take is kept.": (
        "„…“ ist auf „…“: … Frames, … Knochen; 1 weiterer Take ist aufbewahrt."
    ),
    "“…” is on “…”: … frames, … bones; … more takes are kept.": (
        "„…“ ist auf „…“: … Frames, … Knochen; … weitere Takes sind aufbewahrt."
    ),
    "Nothing of what was taught is meant by this, so the bundled model made it. Taught was “…”.": (
        "Damit ist nichts gemeint, was gelehrt wurde, daher hat es das mitgelieferte Modell gemacht. Gelehrt wurde „…“."
    ),
    "“…” is read as “…”, which was taught.": "„…“ wird als „…“ gelesen, das gelehrt wurde.",
    "“…” is a strip of “…”: … frames, … bones.": "„…“ ist ein Strip von „…“: … Frames, … Knochen.",
    "“…” goes on from frame … to ….": "„…“ geht von Frame … bis … weiter.",
    "It begins at the playhead, frame ….": "Sie beginnt am Abspielkopf, Frame ….",
    "The scene plays frames … to … now.": "Die Szene spielt jetzt die Frames … bis ….",
    "The action “…” lies above the strip and hides it.": "Die Aktion „…“ liegt über dem Strip und verdeckt ihn.",
    "There are no steps.": "Es gibt keine Schritte.",
    "Add a step with the + beside the list.": "Füge mit dem + neben der Liste einen Schritt hinzu.",
    "The model reads English alone. Say it in English, for example “a person walks forward”.": (
        "Das Modell liest nur Englisch. Sag es auf Englisch, zum Beispiel „a person walks forward“."
    ),
    "Only the whole action, from frame … to …, can loop in place.": (
        "Nur die ganze Aktion, von Frame … bis …, kann auf der Stelle laufen."
    ),
    "Take all of it, or turn In Place off.": "Nimm sie ganz, oder schalte Auf der Stelle aus.",
    "The … has nothing to reach.": "Für „…“ gibt es nichts zu erreichen.",
    "Add a target with the + beside the list.": "Füge mit dem + neben der Liste ein Ziel hinzu.",
    "The … is to be at two targets within … seconds.": "„…“ soll innerhalb von … Sekunden an zwei Zielen sein.",
    "Give it more time from the one to the other, or remove one.": (
        "Gib mehr Zeit vom einen zum anderen, oder entferne eins."
    ),
    "Both poses are the same, so little may happen between them.": (
        "Beide Posen sind gleich, so geschieht dazwischen vielleicht wenig."
    ),
    "The motion of “…” is in the NLA strip “…”.": "Die Bewegung von „…“ ist im NLA-Strip „…“.",
    "Open it for changes (Tab in the NLA editor), then edit.": (
        "Öffne ihn zum Ändern (Tab im NLA-Editor), dann bearbeite."
    ),
    "At the playhead, frame …, “…” has not begun to move: its first key is at ….": (
        "Am Abspielkopf, Frame …, bewegt sich „…“ noch nicht: der erste Key ist bei …."
    ),
    "Move the playhead to where the motion is to go on.": (
        "Setze den Abspielkopf dorthin, wo die Bewegung weitergehen soll."
    ),
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
    "Press Install Backend in the CoAMD tab, or choose a Python with PyTorch in the add-on's preferences.": (
        "Drücke im Reiter CoAMD auf Backend installieren, oder wähle in den Einstellungen ein Python mit PyTorch."
    ),
    "The model runs in a Python with PyTorch, and none was found.": (
        "Das Modell läuft in einem Python mit PyTorch, und keines wurde gefunden."
    ),
    "Name one below Backend > Python, where buttons say how to have one.": (
        "Nenne eines unter Backend > Python; dort sagen Knöpfe, wie man es bekommt."
    ),
    "The backend is still being installed.": "Das Backend wird noch installiert.",
    "Wait for it, then try again.": "Warte darauf, dann versuche es noch einmal.",
    "The installation of the backend was interrupted.": "Die Installation des Backends wurde unterbrochen.",
    "The installed backend is of another version than this add-on.": (
        "Das installierte Backend gehört zu einer anderen Version als dieses Add-on."
    ),
    "Press Repair Backend in the CoAMD tab.": "Drücke im Reiter CoAMD auf Backend reparieren.",
    "The chosen Python cannot run the backend: …": "Mit dem gewählten Python läuft das Backend nicht: …",
    "It must start and have …; correct the path in the add-on's preferences.": (
        "Es muss starten und … haben; berichtige den Pfad in den Einstellungen des Add-ons."
    ),
    "The backend is not connected.": "Das Backend ist nicht verbunden.",
    "Start it in the CoAMD tab.": "Starte es im Reiter CoAMD.",
    "The backend has ended.": "Das Backend ist beendet.",
    "Press Start Backend, then generate again.": "Drücke auf Backend starten, dann erzeuge noch einmal.",
    "The backend ended unexpectedly, ….": "Das Backend ist unerwartet beendet (…).",
    "Its log is ….": "Sein Protokoll ist ….",
    "It is being restarted; press … once more. …": "Es wird neu gestartet; drücke noch einmal auf …. …",
    "The backend does not answer.": "Das Backend antwortet nicht.",
    "Check that it is running and can be reached, then start it again.": (
        "Prüfe, ob es läuft und erreichbar ist, dann starte neu."
    ),
    "Blender is set to stay offline, and the backend is at ….": (
        "Blender soll offline bleiben, und das Backend ist auf …."
    ),
    "Blender is set to stay offline, and the backend has to be downloaded.": (
        "Blender soll offline bleiben, und das Backend muss heruntergeladen werden."
    ),
    "Turn on Allow Online Access in Preferences > System.": "Schalte Online-Zugriff in Einstellungen > System ein.",
    "Turn on Allow Online Access in Preferences > System, or choose a folder with offline files.": (
        "Schalte Online-Zugriff in Einstellungen > System ein, oder wähle einen Ordner mit Offline-Dateien."
    ),
    "The motion could not be written: …": "Die Bewegung konnte nicht geschrieben werden: …",
    "Nothing was changed. The system console has the details.": (
        "Nichts wurde geändert. Einzelheiten stehen in der Systemkonsole."
    ),
}
_CHARACTER = {
    "…, … of the joints found": "…, … der Gelenke gefunden",
    "Not there: …": "Nicht da: …",
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
    "The range from frame … to … extends beyond the action, whose keys run from … to ….": (
        "Der Bereich von Frame … bis … verlässt die Aktion, deren Keyframes von … bis … gehen."
    ),
    "Choose a range inside it, or use the mode Extend to add motion.": (
        "Wähle einen Bereich darin, oder füge mit dem Modus Verlängern Bewegung an."
    ),
    "No body part is chosen.": "Kein Körperteil ist gewählt.",
    "Turn on at least one part in the Edit panel.": "Schalte im Feld Bearbeiten mindestens einen ein.",
    "There is no curve to follow.": "Es gibt keine Kurve zum Folgen.",
    "Choose one under Path.": "Wähle eine unter Pfad.",
    "There is nothing to reach.": "Es gibt nichts zu erreichen.",
    "Choose an object under Target.": "Wähle unter Ziel ein Objekt.",
    "The action “…” was changed while it was edited.": "Die Aktion „…“ wurde geändert, während sie bearbeitet wurde.",
    "Try again for how it is now.": "Versuche es noch einmal, für ihren jetzigen Stand.",
}
_LIVE = {
    "A waypoint moves the root, which is off.": "Ein Wegpunkt bewegt die Wurzel, die aus ist.",
    "The target “…” is gone.": "Das Ziel „…“ ist weg.",
    "Undo that, or choose another.": "Mach das rückgängig, oder wähle ein anderes.",
    "Live: waiting for a change": "Live: ändere etwas",
    "Live: drafting": "Live: ein Entwurf",
    "Live: full quality": "Live: in voller Qualität",
    "Live waits for the render to end": "Live wartet auf das Ende des Renderns",
    "Live waits for you to leave Edit Mode": "Live wartet, bis du den Bearbeitungsmodus verlässt",
    "Live continues with your next change.": "Live geht mit deiner nächsten Änderung weiter.",
    "“…” was deleted, so Live is off.": "„…“ wurde gelöscht, daher ist Live aus.",
    "Undo that, or choose another character.": "Mach das rückgängig, oder wähle eine andere Figur.",
    "Another character is chosen, so Live is off for “…”.": (
        "Eine andere Figur ist gewählt, daher ist Live für „…“ aus."
    ),
    "Turn it on for the new one.": "Schalte es für die neue ein.",
    "Another action is on “…”, so Live is off.": "Auf „…“ ist eine andere Aktion, daher ist Live aus.",
    "Turn it on to edit that one.": "Schalte es ein, um diese zu bearbeiten.",
    "Live makes a new action, so it is off.": "Live macht eine neue Aktion, daher ist es aus.",
    "Choose Start: New, then turn it on.": "Wähle Start: Neu, und schalte es dann ein.",
    "Live writes into a copy of the action.": "Live schreibt in eine Kopie der Aktion.",
    "Turn In the Same Action off, and leave the NLA's tweak mode.": (
        "Schalte In derselben Aktion aus, und verlass den Tweak-Modus des NLA."
    ),
}
# Remarks beside a result.
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
    "Locked channels or curves of … stay as they are, so the motion may differ there.": (
        "Gesperrte Kanäle oder Kurven von … bleiben, wie sie sind; dort kann die Bewegung abweichen."
    ),
    "Constraints or drivers move …, so these do not show their keys: mute or remove them.": (
        "Constraints oder Treiber bewegen …; dort sieht man die Keys nicht: schalte sie stumm oder entferne sie."
    ),
    "The NLA blends the action or shows another track instead: set its blending to Replace and its influence to 1, "
    "and turn solo off.": (
        "Die NLA überblendet die Aktion oder zeigt stattdessen eine andere Spur: stelle Ersetzen und Einfluss 1 ein "
        "und schalte Solo aus."
    ),
    "The rest pose is neither a T-pose nor an A-pose, so a standing pose was estimated from its bones; "
    "limbs may come out twisted.": (
        "Die Ruhepose ist weder T- noch A-Pose; wie die Figur steht, wurde aus ihren Knochen berechnet. "
        "Gliedmaßen können um ihre Längsachse verdreht sein."
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
    "Reading takes": "Liest Takes",
    "Naming the motion": "Benennt die Bewegung",
}
SENTENCES = {**_DONE, **_BACKEND, **_CHARACTER, **_EDIT, **_LIVE, **REFUSALS, **_REMARKS, **_PHASES}
