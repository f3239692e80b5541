//! What becomes of rows; what is found in a text is in `find_tests.rs`.

use super::DEF;
use crate::check::{check, check_build_error};

const TABLE: &str = "text
    Ann wrote to ann@firm.org from 93.184.216.34.
    Ann wrote a letter in 1999.
    \\0";

/// The level of a test's rows follows from what an operator takes.
const OF_DOCUMENTS: crate::Def = crate::Def { takes: quarry_engine::operator::Takes::Documents, ..DEF };

#[test]
fn documents_are_refused_with_the_kinds_and_without_the_values() {
    check(
        &OF_DOCUMENTS,
        "",
        TABLE,
        "reject personal_data: email, ip | Ann wrote to ann@firm.org from 93.184.216.34. |  |  | [email, ip]
         accept | Ann wrote a letter in 1999. |  |  | []
         accept |  |  |  | []",
    );
}

#[test]
fn documents_may_be_masked_or_left() {
    check(
        &OF_DOCUMENTS,
        "action = \"mask\"",
        TABLE,
        "accept | Ann wrote to [EMAIL-----] from [IP---------]. |  |  | [email, ip]
         accept | Ann wrote a letter in 1999. |  |  | []
         accept |  |  |  | []",
    );
    check(
        &OF_DOCUMENTS,
        "action = \"keep\"\nkinds = [\"ip\", \"phone\"]",
        TABLE,
        "accept | Ann wrote to ann@firm.org from 93.184.216.34. |  |  | [ip]
         accept | Ann wrote a letter in 1999. |  |  | []
         accept |  |  |  | []",
    );
}

const PAIRS: &str = "text | question | answer | evidence
    Ann has ann@firm.org and a cat. | Whose is ann@firm.org? | Ann | Ann has ann@firm.org
    Ann has ann@firm.org and a cat. | What is Ann's address? | ann@firm.org | Ann has ann@firm.org
    Ann has ann@firm.org and a cat. | What has Ann? | a cat | a cat
    \\0 | What has Ann? | a cat | \\0";

#[test]
fn a_pair_is_masked_with_its_quote_and_refused_for_its_answer() {
    check(
        &DEF,
        "action = \"mask\"",
        PAIRS,
        "accept | Ann has [EMAIL-----] and a cat. | Whose is [EMAIL-----]? | Ann has [EMAIL-----] | [email]
         reject personal_data: email | Ann has [EMAIL-----] and a cat. | What is Ann's address? | Ann has [EMAIL-----] | [email]
         accept | Ann has [EMAIL-----] and a cat. | What has Ann? | a cat | []
         accept |  | What has Ann? |  | []",
    );
}

#[test]
fn a_pair_is_refused_for_what_is_in_it_and_not_for_the_rest_of_its_document() {
    check(
        &DEF,
        "",
        PAIRS,
        "reject personal_data: email | Ann has ann@firm.org and a cat. | Whose is ann@firm.org? | Ann has ann@firm.org | [email]
         reject personal_data: email | Ann has ann@firm.org and a cat. | What is Ann's address? | Ann has ann@firm.org | [email]
         accept | Ann has ann@firm.org and a cat. | What has Ann? | a cat | []
         accept |  | What has Ann? |  | []",
    );
}

#[test]
fn a_kind_that_is_none_is_named() {
    check_build_error(&DEF, "kinds = [\"name\"]", "`name` is no kind; there are `email`, `phone`");
    check_build_error(&DEF, "kinds = []", "no kind is looked for");
}
