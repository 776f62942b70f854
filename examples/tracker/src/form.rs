//! [`Form`]: what was typed, read and checked by the columns of the models, and [`Field`]: an input of a page.

use domicile::SqlKind;
use domicile::error::{Kind, Problem};
use domicile::model::schema::{self, Literal};
use domicile::model::{self, text};
use domicile::prelude::*;
use domicile::query::Column;

/// What was typed, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Form {
    values: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl Form {
    pub(crate) fn of(request: &Request) -> Result<Self> {
        Ok(Self { values: request.form()?, problems: Vec::new() })
    }

    /// As if somebody had typed what the row has.
    pub(crate) fn filled<M: Model>(row: &M) -> Result<Self> {
        let mut values = Vec::new();
        row.bind(&mut values)?;
        let columns = M::SCHEMA.columns.iter().zip(&values);
        let values =
            columns.map(|(column, value)| (column.name.to_owned(), text::format(column, value.as_ref())));
        Ok(Self { values: values.collect(), problems: Vec::new() })
    }

    pub(crate) fn add(&mut self, field: &str, value: impl ToString) {
        self.values.push((field.to_owned(), value.to_string()));
    }

    /// What was typed in a field.
    pub(crate) fn value(&self, field: &str) -> &str {
        self.values.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// Whether a box with this value is ticked.
    pub(crate) fn ticked(&self, field: &str, value: &u32) -> bool {
        self.all(field).any(|ticked| ticked == value.to_string())
    }

    /// The value of a column; `None` where it does not hold, which is a problem then.
    pub(crate) fn read<M: Model, T: model::Field>(&mut self, column: Column<M, T>) -> Option<T> {
        let column = column.schema();
        // Browsers end the lines of a form with two characters.
        let typed = self.value(column.name).replace("\r\n", "\n");
        let read = match text::parse(column, typed.trim()) {
            Ok(value) => T::from_value(value.as_ref()).map_err(|error| error.to_string()),
            Err(problem) => Err(problem),
        };
        read.map_err(|problem| self.problems.push(Problem::new(column.name, problem))).ok()
    }

    /// What was stored; `None` where the store has something against it that the one who typed can mend.
    pub(crate) fn stored<T>(&mut self, stored: Result<T>) -> Result<Option<T>> {
        let error = match stored {
            Ok(stored) => return Ok(Some(stored)),
            Err(error) => error,
        };
        match error.kind() {
            Kind::Invalid => self.problems.extend(error.problems().iter().cloned()),
            Kind::Sql(SqlKind::Unique) => {
                self.problems.push(Problem::new("name", "There is one of this name already."));
            }
            Kind::Sql(SqlKind::ForeignKey) => self
                .problems
                .push(Problem::new("", "Something that you chose was deleted meanwhile. Choose again.")),
            Kind::Conflict => self.problems.push(Problem::new("", error.public_message())),
            _ => return Err(error),
        }
        Ok(None)
    }

    /// What is wrong with a field; with the whole where `field` is empty.
    pub(crate) fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }

    /// 422 where something is wrong.
    pub(crate) fn status(&self) -> StatusCode {
        if self.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// The input of a column.
    pub(crate) fn field<M: Model, T>(&self, column: Column<M, T>) -> Field {
        let column = column.schema();
        let mut label = column.verbose_name.to_owned();
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let input = match column.kind {
            schema::Kind::Date => Input::Day,
            schema::Kind::Text if column.choices.is_empty() && column.max_length > Some(200) => Input::Text,
            _ => Input::Line,
        };
        let field = Field {
            name: column.name,
            label,
            input,
            required: !column.nullable && !column.blank,
            value: self.value(column.name).to_owned(),
            problem: self.problem(column.name).map(str::to_owned),
            options: Vec::new(),
        };
        if column.choices.is_empty() {
            return field;
        }
        field.options(column.choices.iter().map(|choice| (literal(choice.value), choice.label)))
    }
}

fn literal(value: Literal) -> String {
    match value {
        Literal::Integer(number) => number.to_string(),
        Literal::Text(text) => text.to_owned(),
        Literal::Real(_) | Literal::Blob(_) => String::new(),
    }
}

/// How something is typed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Input {
    Line,
    Text,
    Day,
    Choice,
}

/// An input, with what was typed and what is wrong with it.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) input: Input,
    pub(crate) required: bool,
    pub(crate) value: String,
    pub(crate) problem: Option<String>,
    pub(crate) options: Vec<(String, String)>,
}

impl Field {
    /// Lets people choose one of these.
    pub(crate) fn options<A: ToString, B: ToString>(
        mut self,
        options: impl IntoIterator<Item = (A, B)>,
    ) -> Self {
        self.input = Input::Choice;
        self.options =
            options.into_iter().map(|(value, label)| (value.to_string(), label.to_string())).collect();
        self
    }

    /// What is chosen where nothing was typed.
    pub(crate) fn or(mut self, value: impl ToString) -> Self {
        if self.value.is_empty() {
            self.value = value.to_string();
        }
        self
    }

    /// What stands above it.
    pub(crate) fn label(mut self, label: &str) -> Self {
        self.label = label.to_owned();
        self
    }
}
