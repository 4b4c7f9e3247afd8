# SPDX-License-Identifier: GPL-3.0-or-later
"""German: the tool tips."""

from __future__ import annotations

# fmt: off
_PARTS = {
    "Where the body goes and how the pelvis turns": "Wohin der Körper geht und wie das Becken sich dreht",
    "Spine, neck and head": "Wirbelsäule, Hals und Kopf",
    "Left collar, arm and hand": "Schlüsselbein, Arm und Hand links",
    "Right collar, arm and hand": "Schlüsselbein, Arm und Hand rechts",
    "Left leg and foot": "Bein und Fuß links",
    "Right leg and foot": "Bein und Fuß rechts",
}
TIPS: dict[str, str] = {
    **{
        f"{english}. Bones of parts that are off keep their keys": f"{german}. Was aus ist, behält seine Keys"
        for english, german in _PARTS.items()
    },
    "0 is before the edit, 1 the first variation":
        "0 ist vor der Bearbeitung, 1 die erste Variante",
    "A GPU that torch calls cuda":
        "Eine GPU, die torch cuda nennt",
    "A curve for the character to follow from its first point on. Let it begin at the character":
        "Eine Kurve, der die Figur vom ersten Punkt an folgt. Sie soll bei der Figur beginnen",
    "Add a mannequin and make the motion that the prompt describes on it":
        "Eine Figur hinzufügen und mit ihr die Bewegung erzeugen, die der Prompt beschreibt",
    "Add a mannequin to animate: an armature with Mixamo's bone names and a simple body":
        "Eine Figur zum Animieren hinzufügen: eine Armatur mit Mixamos Knochennamen und einem einfachen Körper",
    "Add motion after the last key of the action, or before its first":
        "Bewegung hinter dem letzten Key der Aktion oder vor ihrem ersten anfügen",
    "Add one to the seed first, which gives another motion for the same prompt":
        "Erst den Seed um eins erhöhen: eine andere Bewegung zum selben Prompt",
    "Add the mannequin first where the scene has no armature at all":
        "Zuerst die Figur hinzufügen, wenn die Szene gar keine Armatur hat",
    "After the last key of the action":
        "Hinter dem letzten Key der Aktion",
    "All keys of the action":
        "Alle Keys der Aktion",
    "Also copy what you typed, the names of objects and actions, and where your files are":
        "Auch kopieren, was du getippt hast, wie Objekte und Aktionen heißen und wo deine Dateien liegen",
    "An edit of another action":
        "Eine Bearbeitung einer anderen Aktion",
    "An empty, or any object, whose origin is to be reached":
        "Ein Empty oder ein anderes Objekt, dessen Ursprung erreicht werden soll",
    "At which end to add motion":
        "An welchem Ende Bewegung angefügt wird",
    "Before the first key of the action":
        "Vor dem ersten Key der Aktion",
    "CUDA when there is one, then Apple's GPU, then the processor":
        "CUDA, wenn es da ist, sonst Apples GPU, sonst der Prozessor",
    "Change the chosen frames and body parts of the character's own action. All else stays as it is":
        "Die gewählten Frames und Körperteile der eigenen Aktion der Figur ändern. Alles andere bleibt, wie es ist",
    "Change the end of the range so that it flows into its beginning":
        "Das Ende des Bereichs so ändern, dass es in seinen Anfang übergeht",
    "Connection file of a running backend, on this or another machine. Empty: start one here":
        "Verbindungsdatei eines Backends, das schon läuft, hier oder anderswo. Leer: hier eines starten",
    "Copy the end of the backend's log to the clipboard":
        "Das Ende des Backend-Protokolls in die Zwischenablage kopieren",
    "Copy versions, device, the last error and the end of the log to the clipboard, to ask somebody for help":
        "Versionen, Gerät, letzten Fehler und Protokollende in die Zwischenablage kopieren, um jemanden zu fragen",
    "Counts the results of the file, in the order they were made":
        "Zählt die Ergebnisse der Datei in der Reihenfolge ihrer Entstehung",
    "Delete a preset of your own":
        "Eine eigene Vorgabe löschen",
    "Delete this result. The action that was on the character before comes back":
        "Dieses Ergebnis löschen. Die Aktion, die die Figur vorher hatte, kommt zurück",
    "End the process with the model and free its memory. Jobs on their way are dropped":
        "Den Prozess mit dem Modell beenden und seinen Speicher freigeben. Laufende Aufträge entfallen",
    "Find the bones of the joints again, and forget those that were chosen by hand":
        "Die Knochen der Gelenke neu suchen und die von Hand gewählten vergessen",
    "First frame at which the target is held":
        "Erster Frame, in dem das Ziel gehalten wird",
    "First frame of the range. Its pose stays":
        "Erster Frame des Bereichs. Seine Pose bleibt",
    "Folder of other weights. Empty: the bundled model":
        "Ordner mit anderen Gewichten. Leer: das mitgelieferte Modell",
    "Clear the recent prompts. Favourites are kept":
        "Die früheren Prompts vergessen. Gemerkte bleiben",
    "From the first to the last selected key":
        "Vom ersten bis zum letzten gewählten Key",
    "From the first to the last selected key of the action":
        "Vom ersten bis zum letzten gewählten Key der Aktion",
    "Rework the range: the motion stays the same and becomes smoother and more natural":
        "Den Bereich noch einmal durchgehen: Er bleibt, was er ist, und wird glatter und natürlicher",
    "How far a bone's rotation may deviate from the full motion at any frame when keys are reduced":
        "Wie weit die Drehung eines Knochens bei reduzierten Keys von der vollen Bewegung abweichen darf",
    "How far hips and controls may deviate from the full motion at any frame when keys are reduced":
        "Wie weit Hüfte und Controller bei reduzierten Keys von der vollen Bewegung abweichen dürfen",
    "How far to depart from the existing motion: 1 is free, less stays closer to it, 0 keeps it":
        "Wie weit vom Vorhandenen weg: 1 macht frei, weniger bleibt näher daran, 0 lässt es, wie es ist",
    "How firmly feet on the ground stay where they are. At 0 they move as generated":
        "Wie fest Füße am Boden bleiben, wo sie sind. Bei 0 bewegen sie sich, wie sie erzeugt wurden",
    "How it was made":
        "Wie es entstand",
    "How many edits to make at once, to choose from":
        "Wie viele Bearbeitungen auf einmal entstehen, zum Auswählen",
    "How many takes to make at once. Each becomes an action; the first is put on the character":
        "Wie viele Takes auf einmal entstehen. Jeder wird eine Aktion; die Figur bekommt den ersten",
    "Save these bones as a preset of your own, which is tried first on every rig":
        "Diese Knochen als eigene Vorgabe sichern, die bei jedem Rig zuerst versucht wird",
    "Add this prompt to your favourites, or remove it from them":
        "Diesen Prompt merken oder nicht mehr merken",
    "Keys on the bones of arms and legs, and the rig is switched to FK":
        "Keys auf den Knochen von Armen und Beinen, und das Rig wird auf FK gestellt",
    "Keys on the controls of hands, feet, elbows and knees, and the rig is switched to IK":
        "Keys auf den Controllern von Händen, Füßen, Ellbogen und Knien, und das Rig wird auf IK gestellt",
    "Last frame at which the target is held":
        "Letzter Frame, in dem das Ziel gehalten wird",
    "Last frame of the range. Its pose stays":
        "Letzter Frame des Bereichs. Seine Pose bleibt",
    "Leave what keeps the character from being animated: Edit Mode, an NLA strip's tweak mode, or its rest position":
        "Verlassen, was die Figur festhält: Editiermodus, Tweak-Modus eines NLA-Strips oder Ruheposition",
    "Length of the motion in seconds. Beyond 9.8 s it is made of windows that blend into each other":
        "Länge der Bewegung in Sekunden. Mehr als 9,8 s entstehen aus Fenstern, die ineinander übergehen",
    "Made from a prompt":
        "Aus einem Prompt entstanden",
    "Make another take of the same prompt: the seed goes up by one":
        "Noch ein Take zum selben Prompt: Der Seed steigt um eins",
    "Make the motion that the prompt describes, from the current frame on, as a new action of the character":
        "Die Bewegung erzeugen, die der Prompt beschreibt, ab dem aktuellen Frame, als neue Aktion der Figur",
    "Regenerate the range along a curve on the ground":
        "Den Bereich entlang einer Kurve am Boden neu erzeugen",
    "Regenerate the range through the poses of the selected keys":
        "Den Bereich durch die Posen der gewählten Keys hindurch neu erzeugen",
    "Regenerate the range so that it fits what comes before and after":
        "Den Bereich neu erzeugen. Er beginnt und endet passend zu dem, was um ihn ist",
    "Name of the action that was on the character before":
        "Name der Aktion, die die Figur vorher hatte",
    "Name of the action to use":
        "Name der Aktion",
    "Name of the action. Empty: the one on the character":
        "Name der Aktion. Leer: die der Figur",
    "Name of the armature object":
        "Name des Armaturobjekts",
    "Name of the armature object it was made for":
        "Name des Armaturobjekts, für das es entstand",
    "Number of the job. 0: the oldest on its way":
        "Nummer des Auftrags. 0: der älteste laufende",
    "Open the preferences of CoAMD Motion":
        "Die Einstellungen von CoAMD Motion öffnen",
    "Put the next or previous result on the character":
        "Der Figur das nächste oder vorige Ergebnis geben",
    "Put the prompt, the seed and the model that this result was made from back into the panel":
        "Prompt, Seed und Modell, aus denen dieses Ergebnis entstand, zurück ins Panel holen",
    "Put this prompt into the panel":
        "Diesen Prompt ins Panel holen",
    "Put this result on the character and play it from its beginning. The others are kept":
        "Der Figur dieses Ergebnis geben und es von vorn abspielen. Die anderen bleiben",
    "Put this take on the character. The others are kept":
        "Der Figur diesen Take geben. Die anderen bleiben",
    "Read the character's bones again, after they were edited or renamed":
        "Die Knochen der Figur neu lesen, nachdem sie geändert oder umbenannt wurden",
    "Return only when the keys are written (for scripts and background mode)":
        "Erst zurückkehren, wenn die Keys geschrieben sind (für Skripte und Hintergrundmodus)",
    "Return only when the model is loaded (for scripts and background mode)":
        "Erst zurückkehren, wenn das Modell geladen ist (für Skripte und Hintergrundmodus)",
    "Show a stick figure at the character while its motion is being made":
        "Eine Strichfigur bei der Figur zeigen, während ihre Bewegung entsteht",
    "Show the character as it was before the edit, or one of the variations. The others are kept":
        "Die Figur zeigen, wie sie vor der Bearbeitung war, oder eine der Varianten. Die anderen bleiben",
    "Start the process with the model. Generate starts it too when it is needed":
        "Den Prozess mit dem Modell starten. Erzeugen startet ihn auch, wenn er gebraucht wird",
    "Stop the job that is on its way. Nothing is written":
        "Den laufenden Auftrag abbrechen. Nichts wird geschrieben",
    "The GPU of an Apple computer":
        "Die GPU eines Apple-Rechners",
    "The Python that runs the backend: one with torch. Empty: found by itself":
        "Das Python, in dem das Backend läuft: eines mit torch. Leer: wird selbst gefunden",
    "The armature to animate. Empty: the active armature, or the only one in the scene":
        "Die Armatur, die animiert wird. Leer: die aktive oder die einzige der Szene",
    "The character walks on the spot":
        "Die Figur geht auf der Stelle",
    "The frames typed below":
        "Die Frames, die darunter stehen",
    "The hips carry the travel, and the bones above them stay as they are":
        "Die Hüfte trägt die Fortbewegung, und die Knochen darüber bleiben, wie sie sind",
    "The left ankle reaches the target":
        "Der linke Knöchel erreicht das Ziel",
    "The left wrist reaches the target":
        "Das linke Handgelenk erreicht das Ziel",
    "The one made after it, or the first":
        "Das danach entstandene, oder das erste",
    "The one made before it, or the last":
        "Das davor entstandene, oder das letzte",
    "The preset to delete":
        "Die Vorgabe, die gelöscht wird",
    "The preview range of the timeline":
        "Der Vorschaubereich der Zeitleiste",
    "The prompt it was made from":
        "Der Prompt, aus dem es entstand",
    "The prompt to use":
        "Der Prompt, der verwendet wird",
    "The prompt. Empty: the one of the panel":
        "Der Prompt. Leer: der des Panels",
    "The right ankle reaches the target":
        "Der rechte Knöchel erreicht das Ziel",
    "The right wrist reaches the target":
        "Das rechte Handgelenk erreicht das Ziel",
    "The root bone moves over the ground, and the hips keep height and sway":
        "Der Wurzelknochen bewegt sich über den Boden, die Hüfte behält Höhe und Schwingen",
    "The same seed and settings give the same edit again; another seed gives another":
        "Gleicher Seed und gleiche Einstellungen ergeben dieselbe Bearbeitung, ein anderer Seed eine andere",
    "The same seed, prompt and length give the same motion again; another seed gives another take":
        "Gleicher Seed, Prompt und gleiche Länge ergeben dieselbe Bewegung, ein anderer Seed einen anderen Take",
    "The seed it was made from":
        "Der Seed, aus dem es entstand",
    "The settings of the Edit panel":
        "Die Einstellungen des Panels Bearbeiten",
    "Type in the frames that are selected, or those of the preview range":
        "Die gewählten Frames oder die des Vorschaubereichs eintragen",
    "What carries the character over the ground":
        "Was die Figur über den Boden trägt",
    "What the character does in the range, in plain English. Empty: whatever fits what is around it":
        "Was die Figur in dem Bereich tut, in einfachem Englisch. Leer: was zum Umfeld passt",
    'What the character does, in plain English: "a person walks forward and waves"':
        "Was die Figur tut, in einfachem Englisch: „a person walks forward and waves“",
    "What the model computes on":
        "Worauf das Modell rechnet",
    "What the preset is called. A preset of the same name is replaced":
        "Wie die Vorgabe heißt. Eine mit demselben Namen wird ersetzt",
    "What to do with the range":
        "Was mit dem Bereich geschieht",
    "Where to take the frames from":
        "Woher die Frames genommen werden",
    "Whether this action was made by CoAMD":
        "Ob diese Aktion von CoAMD stammt",
    "Which frames to change":
        "Welche Frames sich ändern",
    "Which hand or foot reaches, or the body":
        "Welche Hand oder welcher Fuß greift",
    "Which of the results, in the order they were made":
        "Welches der Ergebnisse, in der Reihenfolge ihrer Entstehung",
    "Write a finished edit. Called by the session":
        "Eine fertige Bearbeitung schreiben. Ruft die Sitzung auf",
    "Write a finished result. Called by the session":
        "Ein fertiges Ergebnis schreiben. Ruft die Sitzung auf",
    "Write into the action itself and keep a copy of the original, instead of writing into a copy":
        "In die Aktion selbst schreiben und eine Kopie des alten Stands behalten, statt in eine Kopie zu schreiben",
}
# fmt: on
