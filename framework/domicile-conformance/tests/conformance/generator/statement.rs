//! One statement of any sort, as a step.

use domicile_conformance::program::{Bound, Step};

use super::define;
use super::dice::Dice;
use super::expression::constant;
use super::refused::{broken, refused};
use super::schema::Schema;
use super::select::select;
use super::value::bound;
use super::write::{delete, insert, update};

/// A step with a statement. A read gets those that write too, only fewer of them.
pub fn step(dice: &mut Dice, schema: &mut Schema, reads: bool) -> Step {
    let (sql, params) = statement(dice, schema, reads);
    match dice.below(20) {
        0 => Step::Execute(sql, params),
        1 => Step::One(sql, params),
        2 => Step::Opt(sql, params),
        _ => Step::Sql(sql, params),
    }
}

fn statement(dice: &mut Dice, schema: &mut Schema, reads: bool) -> (String, Vec<Bound>) {
    let sort = if reads && !dice.one_in(4) { 50 + dice.below(50) } else { dice.below(100) };
    let written = match sort {
        0..=26 => insert(dice, schema),
        27..=37 => update(dice, schema),
        38..=42 => delete(dice, schema),
        43..=49 => Some((define::any(dice, schema), Vec::new())),
        50..=81 => Some((select(dice, schema), Vec::new())),
        82..=84 => Some(with_parameters(dice)),
        85..=87 => Some((pragma(dice, schema), Vec::new())),
        88..=90 => Some(several(dice, schema)),
        91..=94 => Some((refused(dice), Vec::new())),
        _ => {
            let sql =
                if dice.one_in(2) { select(dice, schema) } else { define::any(dice, &mut schema.clone()) };
            // What recurses might not end when it is broken.
            (!sql.contains("RECURSIVE")).then(|| (broken(dice, &sql), Vec::new()))
        }
    };
    written.unwrap_or_else(|| (select(dice, schema), Vec::new()))
}

fn with_parameters(dice: &mut Dice) -> (String, Vec<Bound>) {
    let params: Vec<Bound> = (0..1 + dice.below(4)).map(|_| bound(dice)).collect();
    let each: Vec<String> = (1..=params.len())
        .map(|n| {
            let form = dice.pick(&["", "typeof", "quote", "length", "hex", "abs", "lower"]);
            let name = if dice.one_in(4) { "?".to_owned() } else { format!("?{n}") };
            format!("{form}({name})")
        })
        .collect();
    (format!("SELECT {}", each.join(", ")), params)
}

/// What a pragma tells of the schema.
fn pragma(dice: &mut Dice, schema: &Schema) -> String {
    let table = schema.table(dice).map_or_else(|| "nothing".to_owned(), |table| table.name.clone());
    let index = schema.indexes.last().cloned().unwrap_or_else(|| "nothing".to_owned());
    match dice.below(10) {
        0 => format!("PRAGMA table_info({table})"),
        1 => format!("PRAGMA table_xinfo({table})"),
        2 => format!("PRAGMA index_list({table})"),
        3 => format!("PRAGMA index_info({index})"),
        4 => format!("PRAGMA index_xinfo({index})"),
        5 => format!("PRAGMA foreign_key_list({table})"),
        6 => "PRAGMA foreign_key_check".to_owned(),
        7 => format!("PRAGMA quick_check({table})"),
        8 => (dice.pick(&["PRAGMA foreign_keys", "PRAGMA recursive_triggers", "PRAGMA defer_foreign_keys"])).to_owned(),
        _ => "SELECT name, type, ncol, wr, strict FROM pragma_table_list WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name".to_owned(),
    }
}

/// Several statements in one text.
fn several(dice: &mut Dice, schema: &mut Schema) -> (String, Vec<Bound>) {
    let mut texts = Vec::new();
    let mut params = Vec::new();
    for n in 0..2 + dice.below(3) {
        let made = if dice.one_in(2) { insert(dice, schema) } else { update(dice, schema) };
        let (sql, bound) = made.unwrap_or_else(|| (format!("SELECT {}", constant(dice, 2)), Vec::new()));
        // Only the last may have any.
        params = bound;
        texts.push(sql);
        if n > 0 && dice.one_in(3) {
            break;
        }
    }
    let between = dice.pick(&["; ", ";", ";\n", "; -- and\n", "; /* and */ ", " ;; "]);
    let end = dice.pick(&["", "", ";", " ; ", "; -- end"]);
    (texts.join(between) + end, params)
}
