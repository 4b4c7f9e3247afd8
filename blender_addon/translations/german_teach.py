# SPDX-License-Identifier: GPL-3.0-or-later
"""German: what teaching shows and says."""

from __future__ import annotations

# fmt: off
TEACH: dict[str, str] = {
    "Bundled": "Mitgeliefert",
    "Choose Model": "Modell wählen",
    "Choose one alone to change it": "Zum Ändern eines allein wählen",
    "Copy the file of the chosen model, to give it to somebody":
        "Die Datei des gewählten Modells kopieren, um sie weiterzugeben",
    "Delete the file of the chosen model": "Die Datei des gewählten Modells löschen",
    "End and Keep": "Beenden und behalten",
    "End the teaching now and keep what is learnt so far": "Das Lernen jetzt beenden und das Gelernte behalten",
    "Export Model": "Modell exportieren",
    "Fill In Words": "Worte eintragen",
    "For scripts: a list of dictionaries with the name of each model and whether to use it":
        "Für Skripte: eine Liste von Dictionarys mit dem Namen jedes Modells und ob es benutzt wird",
    "Found Takes": "Gefundene Takes",
    "Generate and edit with several taught models at once: what each has learnt is added up":
        "Mit mehreren gelernten Modellen zugleich erzeugen und bearbeiten: was jedes gelernt hat, wird addiert",
    "Generate and edit with this model": "Mit diesem Modell erzeugen und bearbeiten",
    "Generate and edit with this model, too": "Auch mit diesem Modell erzeugen und bearbeiten",
    "Give the chosen model another name": "Dem gewählten Modell einen anderen Namen geben",
    "Hero moves": "Heldenbewegungen",
    "How long the take is, in seconds": "Wie lang der Take ist, in Sekunden",
    "Import Model": "Modell importieren",
    "Learn the takes' mirror images as well. Turn it off where left and right differ":
        "Auch die Spiegelbilder der Takes lernen. Ausschalten, wo links und rechts nicht gleich sind",
    "Learning": "Lernt",
    "Learning takes about {} min": "Lernen dauert etwa {} min",
    "Let the recognizer say what happens in the ticked takes that have no words yet":
        "Den Erkenner sagen lassen, was in den angehakten Takes ohne Worte geschieht",
    "List Takes": "Takes auflisten",
    "List the takes that can be taught. Called by the session":
        "Die Takes auflisten, die gelehrt werden können. Wird von der Sitzung aufgerufen",
    "List the takes, each with words that its name or its asset description suggests. Nothing is taught yet":
        "Die Takes auflisten, mit Worten nach Name oder Asset-Beschreibung. Noch wird nichts gelernt",
    "Looking at the takes": "Sieht sich die Takes an",
    "Making motions to rehearse": "Macht Bewegungen zum Wiederholen",
    "Mirror Too": "Auch gespiegelt",
    "Model": "Modell",
    "Models": "Modelle",
    "Name of a taught model. Empty: the bundled one": "Name eines gelernten Modells. Leer: das mitgelieferte",
    "New Name": "Neuer Name",
    "Number of the job that listed them": "Nummer des Auftrags, der sie aufgelistet hat",
    "Preparing the takes": "Bereitet die Takes vor",
    "Remove Model": "Modell entfernen",
    "Rename Model": "Modell umbenennen",
    "Several Models": "Mehrere Modelle",
    "Several...": "Mehrere...",
    "Show Takes": "Takes zeigen",
    "Show the words that were suggested. Called by the session":
        "Die vorgeschlagenen Worte zeigen. Wird von der Sitzung aufgerufen",
    "Show What Was Learnt": "Gelerntes zeigen",
    "Show what was learnt. Called by the session": "Zeigen, was gelernt wurde. Wird von der Sitzung aufgerufen",
    "Suggest Words": "Worte vorschlagen",
    "Take in the file of a model that somebody taught, and choose it":
        "Die Datei eines Modells übernehmen, das jemand gelehrt hat, und es wählen",
    "Taught Model": "Gelerntes Modell",
    "Teach": "Lehren",
    "Teach the ticked takes to the model. It takes some minutes, and Blender and Generate stay usable meanwhile":
        "Das Modell die angehakten Takes lehren. Es dauert Minuten; Blender und Erzeugen bleiben dabei benutzbar",
    "Teach this take": "Diesen Take lehren",
    "The chosen take": "Der gewählte Take",
    "The file of the model": "Die Datei des Modells",
    "The settings of the Teach panel": "Die Einstellungen des Bereichs Lehren",
    "The take in this file": "Der Take in dieser Datei",
    "The takes with their words": "Die Takes mit ihren Worten",
    "The taught models it was made with. None: the bundled one":
        "Die gelernten Modelle, mit denen es gemacht wurde. Keines: das mitgelieferte",
    "The taught models that Generate and Edit use, by their names. None: the bundled one":
        "Die gelernten Modelle für Erzeugen und Bearbeiten, mit ihren Namen. Keines: das mitgelieferte",
    "Up to {} act together": "Bis zu {} wirken zusammen",
    "What Find lists now: takes of asset libraries, folders and this file":
        "Was Finden jetzt auflistet: Takes aus Asset-Bibliotheken, Ordnern und dieser Datei",
    "What happens in the take, in plain English: a person bows. Separate several with semicolons":
        "Was im Take geschieht, auf Englisch: a person bows. Mehreres mit Semikolon dazwischen",
    "What the chosen model is called from now on": "Wie das gewählte Modell von nun an heißt",
    "What the taught model is called in the menu Model: Hero moves":
        "Wie das gelernte Modell im Menü Modell heißt: Heldenbewegungen",
    "Which takes are listed": "Welche Takes aufgelistet werden",
    "Writing the model": "Schreibt das Modell",
}
TEACH_SENTENCES: dict[str, str] = {
    "“…” is learnt. Choose it under Model.": "„…“ ist gelernt. Wähle es unter Modell.",
    "It is called “…” now.": "Es heißt jetzt „…“.",
    "“…” is removed.": "„…“ ist entfernt.",
    "The model is copied to ….": "Das Modell ist nach … kopiert.",
    "“…” is imported and chosen.": "„…“ ist übernommen und gewählt.",
    "There is no take that can be taught.": "Es gibt keinen Take, der gelehrt werden kann.",
    "Find others.": "Finde andere.",
    "Find lists no takes.": "Finden listet keine Takes auf.",
    "Press Find first, or choose other takes.": "Drücke zuerst auf Finden, oder wähle andere Takes.",
    "No words were found for these takes. Type what happens in them.":
        "Für diese Takes wurden keine Worte gefunden. Tippe, was in ihnen geschieht.",
    "Words for 1 take are suggested. Correct them before you press Teach.":
        "Worte für 1 Take sind vorgeschlagen. Bessere sie aus, bevor du auf Lehren drückst.",
    "Words for … takes are suggested. Correct them before you press Teach.":
        "Worte für … Takes sind vorgeschlagen. Bessere sie aus, bevor du auf Lehren drückst.",
    "No takes are listed.": "Es sind keine Takes aufgelistet.",
    "Press List Takes first.": "Drücke zuerst auf Takes auflisten.",
    "No take is ticked.": "Kein Take ist angehakt.",
    "Tick at least one, better four or more of each action.":
        "Hake mindestens einen an, besser vier oder mehr von jeder Handlung.",
    "“…” has no words.": "„…“ hat keine Worte.",
    "Say in English what happens in it.": "Sage auf Englisch, was darin geschieht.",
    "What is learnt has no name.": "Was gelernt wird, hat keinen Namen.",
    "Give it one, as in Hero moves.": "Gib ihm einen, etwa Heldenbewegungen.",
    "Give another name, or remove that one first.": "Gib einen anderen Namen, oder entferne jenes zuerst.",
    "There is a taught model “…” already.": "Es gibt schon ein gelerntes Modell „…“.",
    "There are: …. coamd teach makes one.": "Es gibt: …. coamd teach macht eines.",
    "“…” was taught to other weights (…) than the present ones.":
        "„…“ wurde für andere Gewichte (…) als die jetzigen gelehrt.",
    "There is no taught model “…”.": "Es gibt kein gelerntes Modell „…“.",
    "learning, held-out parts … nearer": "Lernt, zurückgehaltene Takes … näher",
    "Nothing was learnt: the held-out takes got no nearer.":
        "Nichts wurde gelernt: den zurückgehaltenen Takes kam es nicht näher.",
    "The model may know them already: try their words in Generate. Else show more takes of each action.":
        "Vielleicht kennt das Modell sie: versuche ihre Worte unter Erzeugen. Sonst zeige mehr Takes jeder Handlung.",
    "The taught model “…” is named twice.": "Das gelernte Modell „…“ ist zweimal genannt.",
    "Name each one once.": "Nenne jedes einmal.",
    "“…” and “…” are the same taught model.": "„…“ und „…“ sind dasselbe gelernte Modell.",
    "Choose one of them.": "Wähle eines davon.",
    "… taught models cannot be used together.": "… gelernte Modelle können nicht zusammen wirken.",
    "Choose at most ….": "Wähle höchstens ….",
    "Teach it again from its takes, or use the weights that it was made for.":
        "Lehre es noch einmal aus seinen Takes, oder nimm die Gewichte, für die es gemacht ist.",
}
