//! What a statement is given: tuples, arrays and slices of values.

use crate::error::{Error, Kind, Result};
use crate::value::{Param, ToValue};

/// The most parameters that a statement may have, on both hosts (`util/sqlite.c++`, `setupSecurity`).
pub const MAX_PARAMETERS: usize = 100;

/// The parameters of a statement, in order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of parameters",
    note = "write a tuple such as `(a, b)`, `(a,)` for one and `()` for none, or a slice of values"
)]
pub trait Params {
    /// Puts the values into `out`.
    ///
    /// # Errors
    /// A value that cannot be bound.
    fn bind<'a>(&'a self, out: &mut Vec<Param<'a>>) -> Result<()>;
}

/// The values of `params`, each named by its position where it cannot be bound.
pub(crate) fn collect<P: Params + ?Sized>(params: &P) -> Result<Vec<Param<'_>>> {
    let mut values = Vec::new();
    params.bind(&mut values).map_err(|e| e.context(format_args!("parameter {}", values.len() + 1)))?;
    if values.len() > MAX_PARAMETERS {
        return Err(Error::new(
            Kind::Invalid,
            format!("{} parameters, and a statement may have {MAX_PARAMETERS}: split it up", values.len()),
        ));
    }
    Ok(values)
}

impl<T: ToValue> Params for [T] {
    fn bind<'a>(&'a self, out: &mut Vec<Param<'a>>) -> Result<()> {
        for value in self {
            out.push(value.to_value()?);
        }
        Ok(())
    }
}

impl<T: ToValue, const N: usize> Params for [T; N] {
    fn bind<'a>(&'a self, out: &mut Vec<Param<'a>>) -> Result<()> {
        self.as_slice().bind(out)
    }
}

impl<T: ToValue> Params for Vec<T> {
    fn bind<'a>(&'a self, out: &mut Vec<Param<'a>>) -> Result<()> {
        self.as_slice().bind(out)
    }
}

impl<P: Params + ?Sized> Params for &P {
    fn bind<'a>(&'a self, out: &mut Vec<Param<'a>>) -> Result<()> {
        (**self).bind(out)
    }
}

impl Params for () {
    fn bind<'a>(&'a self, _: &mut Vec<Param<'a>>) -> Result<()> {
        Ok(())
    }
}

macro_rules! tuples {
    ($($t:ident $i:tt),*) => {
        impl<$($t: ToValue),*> Params for ($($t,)*) {
            fn bind<'a>(&'a self, out: &mut Vec<Param<'a>>) -> Result<()> {
                $(out.push(self.$i.to_value()?);)*
                Ok(())
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
