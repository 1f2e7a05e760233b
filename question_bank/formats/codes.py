"""What can be wrong with a file of questions or a place in it, in English with the remedy, and how grave it is."""

from enum import StrEnum


class Severity(StrEnum):
    """How much a problem is in the way: nothing comes of it, something does with a loss, or we have no such thing."""

    ERROR = "error"
    WARNING = "warning"
    UNSUPPORTED = "unsupported"


class ReadCode(StrEnum):
    """What can be wrong with a file or with a place in it."""

    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    MOJIBAKE = "mojibake"
    WRONG_SUFFIX = "wrong_suffix"
    NOT_A_PACKAGE = "not_a_package"
    OLD_OFFICE = "old_office"
    LOCKED = "locked"
    MACROS = "macros"
    DAMAGED = "damaged"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    UNSAFE_NAME = "unsafe_name"
    NESTED_PACKAGE = "nested_package"
    FILE_MISSING = "file_missing"
    BAD_XML = "bad_xml"
    ENTITIES = "entities"
    BAD_DATA = "bad_data"
    BAD_FIELD = "bad_field"
    NO_MANIFEST = "no_manifest"
    BAD_MANIFEST = "bad_manifest"
    NO_HEADINGS = "no_headings"
    UNKNOWN_FORMAT = "unknown_format"
    NO_STEM = "no_stem"
    NO_ANSWERS = "no_answers"
    UNCLOSED = "unclosed"
    UNOPENED = "unopened"
    MARKS_OUTSIDE = "marks_outside"
    TOO_FEW_CHOICES = "too_few_choices"
    TOO_MANY_CHOICES = "too_many_choices"
    NO_KEY = "no_key"
    BAD_KEY = "bad_key"
    TWO_KEYS = "two_keys"
    KEYS_DIFFER = "keys_differ"
    KEY_FOR_NOTHING = "key_for_nothing"
    CHOICES_OUT_OF_ORDER = "choices_out_of_order"
    BAD_WEIGHT = "bad_weight"
    SHARE_AS_WORDS = "share_as_words"
    BAD_POINTS = "bad_points"
    SEVERAL_KEYS = "several_keys"
    KEY_BY_LOOKS = "key_by_looks"
    WORD_FOR_TRUTH = "word_for_truth"
    TRUTH_BY_ORDER = "truth_by_order"
    STOPS_MOODLE = "stops_moodle"
    KIND_GUESSED = "kind_guessed"
    TRUTH_BY_LETTER = "truth_by_letter"
    EXAMPLE_ROW = "example_row"
    SHEET_PASSED_OVER = "sheet_passed_over"
    SHEET_HIDDEN = "sheet_hidden"
    CASE_ASSUMED = "case_assumed"
    NOT_SCORED = "not_scored"
    NO_SUCH_ITEM = "no_such_item"
    SEVERAL_ITEMS = "several_items"
    BAD_RESPONSES = "bad_responses"
    TOO_MANY_QUESTIONS = "too_many_questions"
    MEDIA_REFUSED = "media_refused"
    KEY_POINT_MADE = "key_point_made"
    POINTS_ROUNDED = "points_rounded"
    NOT_KEPT = "not_kept"
    NOT_A_QUESTION = "not_a_question"
    UNSUPPORTED_KIND = "unsupported_kind"
    LEFT_OUT = "left_out"


SENTENCES = {
    ReadCode.NOT_FOUND: "There is no such file, or it can't be opened.",
    ReadCode.TOO_LARGE: "The file is larger than {detail}. Split it.",
    ReadCode.EMPTY: "There is no question in this file.",
    ReadCode.NOT_TEXT: "This is not text in UTF-8, UTF-16 or GB18030. Save it as text in UTF-8.",
    ReadCode.MOJIBAKE: "The letters were broken when this file was saved. Save the original again, as UTF-8.",
    ReadCode.WRONG_SUFFIX: "The name ends in {detail}, and the content is something else. Give it its right name.",
    ReadCode.NOT_A_PACKAGE: "This is no Excel or Word file and no zip package.",
    ReadCode.OLD_OFFICE: "This is an Office file of before 2007. Save it as .xlsx or .docx.",
    ReadCode.LOCKED: "The file is locked with a password. Save it without.",
    ReadCode.MACROS: "The file carries macros. Save it as .xlsx or .docx.",
    ReadCode.DAMAGED: "The file is damaged or cut off. Save or send it again.",
    ReadCode.UNPACKS_TOO_LARGE: "The file unpacks to far more than a file of questions has. Split it.",
    ReadCode.UNSAFE_NAME: "A file in the package is called {detail}, which points outside of it.",
    ReadCode.NESTED_PACKAGE: "There is another package in it: {detail}. Unpack that and import it by itself.",
    ReadCode.FILE_MISSING: "The package names {detail} and doesn't have it.",
    ReadCode.BAD_XML: "The XML is not well-formed: {detail}.",
    ReadCode.ENTITIES: "The XML declares entities, which are not read here. Save it without its DOCTYPE.",
    ReadCode.BAD_DATA: "The file can't be read as what it should be: {detail}.",
    ReadCode.BAD_FIELD: "This field is missing, or holds what it can't: {detail}.",
    ReadCode.NO_MANIFEST: "The package has no imsmanifest.xml.",
    ReadCode.BAD_MANIFEST: "The package's imsmanifest.xml can't be read: {detail}.",
    ReadCode.NO_HEADINGS: "No row has headings such as question and answer, so what the columns mean can't be told.",
    ReadCode.UNKNOWN_FORMAT: "The format can't be told from the content. Say which it is: {detail}.",
    ReadCode.NO_STEM: "The question has no words of its own.",
    ReadCode.NO_ANSWERS: "There are no answers where they should be.",
    ReadCode.UNCLOSED: "A brace is opened and not closed before the next empty line.",
    ReadCode.UNOPENED: "A brace is closed and was not opened since the last empty line.",
    ReadCode.MARKS_OUTSIDE: "Outside of the answers' braces, and so read as words: {detail}. Is an empty line missing?",
    ReadCode.TOO_FEW_CHOICES: "A choice question needs at least two choices.",
    ReadCode.TOO_MANY_CHOICES: "A question can have at most 26 choices.",
    ReadCode.NO_KEY: "No choice is marked as right.",
    ReadCode.BAD_KEY: "The key names {detail}, and there is no such choice.",
    ReadCode.TWO_KEYS: "It is called a single choice, and its key names several: say which of the two is meant.",
    ReadCode.KEYS_DIFFER: "The key in the question and the one below it differ: {detail}.",
    ReadCode.KEY_FOR_NOTHING: "This key belongs to no question, or to one that has a key already.",
    ReadCode.CHOICES_OUT_OF_ORDER: "The choices are lettered {detail}: one is missing, or two stand in one line.",
    ReadCode.BAD_POINTS: "{detail} is no number of points.",
    ReadCode.BAD_WEIGHT: "{detail} is no share of the points: it has to be between -100 and 100 per cent.",
    ReadCode.SHARE_AS_WORDS: "{detail} is read as words, as Moodle does: a share has a point, and no = before it.",
    ReadCode.SEVERAL_KEYS: "A single choice with several right answers: each alone is right, as {detail} has it.",
    ReadCode.KEY_BY_LOOKS: "No key is written here. It was taken from the choices that are {detail}: check it.",
    ReadCode.WORD_FOR_TRUTH: "Read as a short answer, as {detail} does: only T, TRUE, F and FALSE are true or false.",
    ReadCode.KIND_GUESSED: "Kind {detail} is nowhere explained: the kind is told from the choices and the answer.",
    ReadCode.TRUTH_BY_LETTER: "{detail} without choices: A is read as true and B as false.",
    ReadCode.EXAMPLE_ROW: "Passed over as an example or a hint: it stands right below the headings.",
    ReadCode.SHEET_HIDDEN: "Passed over: this sheet is hidden. Show it if its questions are wanted.",
    ReadCode.SHEET_PASSED_OVER: "Passed over: no row of this sheet has headings such as question and answer.",
    ReadCode.TRUTH_BY_ORDER: "The answers aren't called true and false: the first is taken for true, as {detail} does.",
    ReadCode.STOPS_MOODLE: "Moodle stops its import at this question: {detail}.",
    ReadCode.CASE_ASSUMED: "The file doesn't say whether capitals matter in answers. Read as if {detail}.",
    ReadCode.NOT_SCORED: "The item's own rules for points can't be followed: {detail}.",
    ReadCode.NO_SUCH_ITEM: "There is no item {detail} in the file. Name it by its identifier or its file.",
    ReadCode.SEVERAL_ITEMS: "Several items are called {detail}. Name the one that is meant by its file.",
    ReadCode.BAD_RESPONSES: "The responses can't be read: {detail}. They are JSON: each item with a list of responses.",
    ReadCode.TOO_MANY_QUESTIONS: "There are more than {detail} questions in it. Split the file.",
    ReadCode.MEDIA_REFUSED: "A picture or sound isn't kept: {detail}",
    ReadCode.KEY_POINT_MADE: "One key point was made of the whole answer. Divide it where markers give part of it.",
    ReadCode.POINTS_ROUNDED: "Points go in halves: {detail}.",
    ReadCode.NOT_KEPT: "Not kept: {detail}.",
    ReadCode.NOT_A_QUESTION: "This belongs to no question, and was passed over.",
    ReadCode.UNSUPPORTED_KIND: "Questions of this kind can't be kept here: {detail}.",
    ReadCode.LEFT_OUT: "Left out, for the format has no place for it: {detail}.",
}
WARNINGS = frozenset(
    [
        ReadCode.CASE_ASSUMED,
        ReadCode.EXAMPLE_ROW,
        ReadCode.KEY_BY_LOOKS,
        ReadCode.KEY_POINT_MADE,
        ReadCode.KIND_GUESSED,
        ReadCode.MARKS_OUTSIDE,
        ReadCode.MEDIA_REFUSED,
        ReadCode.NOT_A_QUESTION,
        ReadCode.NOT_KEPT,
        ReadCode.POINTS_ROUNDED,
        ReadCode.SEVERAL_KEYS,
        ReadCode.SHARE_AS_WORDS,
        ReadCode.SHEET_HIDDEN,
        ReadCode.SHEET_PASSED_OVER,
        ReadCode.STOPS_MOODLE,
        ReadCode.TRUTH_BY_LETTER,
        ReadCode.TRUTH_BY_ORDER,
        ReadCode.WORD_FOR_TRUTH,
    ]
)
