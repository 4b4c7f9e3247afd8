# SPDX-License-Identifier: GPL-3.0-or-later
"""German: starting, playing, strips, ranges and rigs, the fields with their tool tips."""

from __future__ import annotations

# fmt: off
_START = {
    "New": "Neu",
    "Continue from Here": "Von hier weiter",
    "NLA Strip": "NLA-Strip",
    "Where the motion begins, and what happens to the existing action":
        "Wo die Bewegung beginnt, und was aus der Aktion wird, die da ist",
    "At the playhead and where the character rests, as a new action. The one before is kept":
        "Am Abspielkopf und in der Ruheposition der Figur, als neue Aktion. Die vorige bleibt aufbewahrt",
    "At the playhead, as a strip on a track of its own. The action is left alone":
        "Am Abspielkopf, als Strip auf einer eigenen Spur. Die Aktion bleibt, wie sie ist",
    "At the playhead, from the character's place, pose and speed there":
        "Am Abspielkopf, von Ort, Pose und Tempo der Figur dort",
}
_PLAYING = {
    "Fit": "Anpassen",
    "Fit where nothing else is timed and the range was not set by hand, else extend":
        "Anpassen, wo sonst nichts eine Zeit hat und der Bereich nicht von Hand gesetzt ist, sonst verlängern",
    "Leave": "Lassen",
    "Scene Range": "Szenenbereich",
    "What happens to the scene's frame range when a motion is written":
        "Was aus dem ersten und letzten Frame der Szene wird, wenn eine Bewegung da ist",
    "The end of the scene moves back when the motion is longer. It is never shortened":
        "Das Ende der Szene rückt nach hinten, wenn die Bewegung länger ist. Gekürzt wird nie",
    "The scene begins and ends with the motion": "Die Szene beginnt und endet mit der Bewegung",
    "The scene's range stays as it is": "Der Bereich der Szene bleibt, wie er ist",
    "Frame Motion": "Bewegung zeigen",
    "Move the 3D view when it does not show all of a new motion. A camera's view stays":
        "Die 3D-Ansicht bewegen, wenn sie nicht die ganze neue Bewegung zeigt. Die Sicht einer Kamera bleibt",
    "Play When Done": "Danach abspielen",
    "Play a new motion from its beginning as soon as it is written":
        "Eine neue Bewegung von vorn abspielen, sobald sie da ist",
    "First Frame": "Erster Frame",
    "First frame of the action that was made": "Erster Frame der Aktion, der erzeugt wurde",
    "Last Frame": "Letzter Frame",
    "Last frame of the action that was made": "Letzter Frame der Aktion, der erzeugt wurde",
    "How many bones got keys": "Wie viele Knochen Keys bekamen",
    "Frames {} to {}, {} bones": "Frames {} bis {}, {} Knochen",
    "Select Keys": "Keys auswählen",
    "Select the keys that were made, and their bones, so that the Timeline and the Dope Sheet show them":
        "Die erzeugten Keys und ihre Knochen auswählen, damit Zeitleiste und Dope Sheet sie zeigen",
}
_STRIPS = {
    "Push Down": "Hinunterschieben",
    "Make an NLA strip of the character's action, above those that begin earlier":
        "Aus der Aktion der Figur einen NLA-Strip machen, über denen, die früher beginnen",
    "Open Strip": "Strip öffnen",
    "Open the Strip": "Strip öffnen",
    "Open the NLA strip that the character plays for changes, as Tab in the NLA editor does":
        "Den NLA-Strip, den die Figur spielt, zum Ändern öffnen, wie es Tab im NLA-Editor tut",
}
_EDIT = {
    "Follow Path": "Kurve folgen",
    "Make Loop": "Schleife machen",
    "Make Steps": "Schritte machen",
    "Frames {} to {} ({:.1f} s)": "Frames {} bis {} ({:.1f} s)",
    "The selected keys where only some are, else the preview range, else what suits the mode":
        "Die ausgewählten Keys, wo es nur einige sind, sonst der Vorschaubereich, sonst was zum Modus passt",
    "around the playhead": "um den Abspielkopf",
    "around the targets": "um die Ziele",
    "as typed": "wie eingegeben",
    "the preview range": "der Vorschaubereich",
    "the selected keys": "die ausgewählten Keys",
    "the whole action": "die ganze Aktion",
}
_PATH = {
    "Draw Path": "Kurve zeichnen",
    "Draw the path with the mouse: press where the character is, drag over the ground, release":
        "Die Kurve mit der Maus zeichnen: bei der Figur drücken, über den Boden ziehen, loslassen",
    "Points": "Punkte",
    "Location": "Ort",
    "Where it is in the world": "Wo er in der Welt ist",
    "The path, for scripts: a list of dictionaries with the location of each point in the world":
        "Die Kurve, für Skripte: eine Liste von Wörterbüchern mit dem Ort jedes Punkts in der Welt",
}
_REACH = {
    "Targets": "Ziele",
    "Add Target": "Ziel hinzufügen",
    "Add a target at the playhead: the selected object that is not the character, if there is one":
        "Ein Ziel am Abspielkopf anfügen: das ausgewählte Objekt, das nicht die Figur ist, wenn es eins gibt",
    "Body": "Körper",
    "The body passes over the target, a waypoint on the ground":
        "Der Körper geht über das Ziel, einen Wegpunkt auf dem Boden",
    "Regenerate the range so that hands, feet or the body are at objects in some frames":
        "Den Bereich so neu erzeugen, dass Hände, Füße oder der Körper in manchen Frames bei Objekten sind",
    "Remove Target": "Ziel entfernen",
    "Remove the chosen target from the list": "Das gewählte Ziel aus der Liste entfernen",
    "The target that is shown below the list": "Das Ziel, das unter der Liste steht",
    "What hands and feet reach in the mode Reach": "Was Hände und Füße im Modus Reichen erreichen",
}
_LOOP = {
    "Repeat": "Wiederholen",
    "Give the action the loop's frame range and the cyclic flag, and where it is all of it, Cycles modifiers":
        "Der Aktion den Bereich der Schleife und die Zyklus-Markierung geben, und wo es die ganze ist, Cycles-Modifier",
    "Keep the character over the spot where the loop begins, as game engines want it":
        "Die Figur über der Stelle halten, an der die Schleife beginnt, wie Spiele-Engines es wollen",
    "How many seconds to add": "Wie viele Sekunden angefügt werden",
}
_RIG = {
    "A key on every frame": "Ein Key auf jedem Frame",
    "By the Rig": "Nach dem Rig",
    "What suits the rig": "Was zum Rig passt",
    "IK Legs": "IK-Beine",
    "Off": "Aus",
    "On": "An",
    "Only the keys that are needed": "Nur die Keys, die nötig sind",
    "Rig Choice": "Rig-Wahl",
    "How arms and legs are keyed on this character": "Wie Arme und Beine bei dieser Figur Keys bekommen",
    "Key only the frames that the motion needs, with Bezier curves in between. Off: every frame. "
    "Stored with the character; on by default for control rigs":
        "Nur die Frames mit Keys versehen, die die Bewegung braucht, mit Bézierkurven dazwischen. Aus: jeden Frame. "
        "Bleibt bei der Figur; an für Kontrollrigs",
    "Keys on the controls of feet and knees, and on the bones of the arms":
        "Keys auf den Controllern von Füßen und Knien und auf den Knochen der Arme",
    "What is chosen for limbs and keys while there is no character":
        "Was für Gliedmaßen und Keys gewählt ist, solange es keine Figur gibt",
    "Whether this character gets only the keys that its motion needs":
        "Ob diese Figur nur die Keys bekommt, die ihre Bewegung braucht",
    "Which controls of arms and legs get keys, on a control rig with both. Stored with the character":
        "Welche Controller von Armen und Beinen Keys bekommen, bei einem Rig, das beide hat. Bleibt bei der Figur",
}
_STEPS = {
    "Step": "Schritt",
    "Steps": "Schritte",
    "Add Step": "Schritt hinzufügen",
    "Add a step after the last one of the list": "Einen Schritt hinter dem letzten der Liste anfügen",
    "Choose Step": "Schritt wählen",
    "Choose this step in the list, to change its prompt and length":
        "Diesen Schritt in der Liste wählen, um seinen Prompt und seine Länge zu ändern",
    "Generate the steps of the list as one motion, instead of the one prompt":
        "Die Schritte der Liste als eine Bewegung erzeugen, statt des einen Prompts",
    "Length of this step in seconds. In Edit the steps share the range in proportion to their lengths":
        "Länge dieses Schritts in Sekunden. Beim Bearbeiten teilen sich die Schritte den Bereich nach ihren Längen",
    "Make a step of each action in the prompt: \"walks, then sits down\" has two":
        "Aus allem, wovon der Prompt erzählt, je einen Schritt machen; „walks, then sits down“ erzählt von zweien",
    "Regenerate the range from several prompts that share it by their lengths, as one motion":
        "Den Bereich aus mehreren Prompts neu erzeugen, die ihn sich nach ihren Längen teilen, als eine Bewegung",
    "Place of the step in the list, from 0 on": "Platz des Schritts in der Liste, von 0 an",
    "Prompts that follow one another, each with its length; of Generate and of Edit's mode Steps":
        "Prompts, die aufeinander folgen, jeder mit seiner Länge; von Erzeugen und vom Modus Schritte",
    "Remove Step": "Schritt entfernen",
    "Remove the chosen step from the list": "Den gewählten Schritt aus der Liste entfernen",
    "Split into Steps": "In Schritte teilen",
    "Split into {} Steps": "In {} Schritte teilen",
    "The step that is shown below the list": "Der Schritt, der unter der Liste steht",
    "What the character does in this step": "Was die Figur in diesem Schritt tut",
    "What to split. Empty: the prompt of the panel": "Was geteilt wird. Leer: der Prompt des Panels",
}
_WORDS = {
    "Advanced": "Erweitert",
    "Quality": "Qualität",
    "Single": "Einzeln",
    "Best of 4": "Beste von 4",
    "Custom": "Eigene",
    "Draft": "Entwurf",
    "A third of the steps, to try a prompt out: quicker, and less true to it":
        "Ein Drittel der Schritte, um einen Prompt auszuprobieren: schneller und weniger treu",
    "One motion in full quality, as it comes": "Eine Bewegung in voller Qualität, wie sie kommt",
    "Three more where the first shows too little of the prompt. Up to four times as long":
        "Drei weitere, wo die erste zu wenig vom Prompt zeigt. Dauert bis zu viermal so lange",
    "The number of candidates under Advanced": "Die Zahl der Kandidaten unter Erweitert",
    "How many motions are made for each take; the one that fits the prompt best is kept":
        "Wie viele Bewegungen für jeden Take entstehen; die, die am besten zum Prompt passt, wird behalten",
    "How many motions are made for each take at most, where Quality is Custom":
        "Wie viele Bewegungen für jeden Take höchstens entstehen, wenn die Qualität Eigene ist",
    "Gestures and Dance": "Gesten und Tanz",
    "One after the Other": "Nacheinander",
    "Running and Jumping": "Laufen und Springen",
    "Sitting and Floor": "Sitzen und Boden",
    "Sports and Fighting": "Sport und Kampf",
    "Turning and Stepping": "Drehen und Schritte",
    "Walking": "Gehen",
    "In Edit": "In Bearbeiten",
    "Put it into the Edit panel instead": "Ihn stattdessen in das Panel Bearbeiten setzen",
    "Length to use with it. 0: that of the panel": "Länge dazu. 0: die des Panels",
    "Seed to use with it. -1: that of the panel": "Seed dazu. -1: der des Panels",
    "Offline Files": "Offline-Dateien",
    "Folder with the downloaded packages (.whl files), to install without a network. Empty: download":
        "Ordner mit den heruntergeladenen Paketen (.whl), um ohne Netz zu installieren. Leer: herunterladen",
}
_LIVE = {
    "Live": "Live",
    "Regenerate with every change: a draft while you drag, keys when you pause. Click again to turn it off":
        "Bei jeder Änderung neu machen: beim Ziehen ein Entwurf, in Ruhe Keys. Noch ein Klick schaltet es aus",
    "About": "Was",
    "What is regenerated": "Was immer wieder gemacht wird",
    "The clip of the Generate panel": "Der Clip des Panels Erzeugen",
    "The edit of the Edit panel": "Die Bearbeitung des Panels Bearbeiten",
}
_QUEUE = {
    "All Selected": "Alle ausgewählten",
    "Generate on {} Characters": "Für {} Figuren erzeugen",
    "Make a motion for each selected character, one after the other, each with the next seed":
        "Für jede ausgewählte Figur eine Bewegung machen, nacheinander, jede mit dem nächsten Seed",
    "Next: {}": "Danach: {}",
    "Export Result": "Ergebnis exportieren",
    "Mannequin": "Figur",
}
WORKFLOW: dict[str, str] = {
    **_QUEUE, **_LIVE, **_START, **_PLAYING, **_STRIPS, **_EDIT, **_PATH, **_REACH, **_LOOP, **_RIG, **_STEPS, **_WORDS,
}
