//! Reading an account: its row, and all that it holds in one more statement.

use std::collections::BTreeSet;

use domicile::query::{Executor, Statement, Term as _};
use domicile::{Account, Error, Model as _, Result, Value};

use super::model::User;

/// Groups, permissions, and permissions of groups. The data layer has no UNION, without which these are three statements.
const GRANTS: &str = "SELECT 'group', auth_group.name FROM auth_user_groups \
    JOIN auth_group ON auth_group.id = auth_user_groups.group_id WHERE auth_user_groups.user_id = ? \
    UNION ALL SELECT 'permission', permission FROM auth_user_user_permissions WHERE user_id = ? \
    UNION ALL SELECT 'permission', auth_group_permissions.permission FROM auth_user_groups \
    JOIN auth_group_permissions ON auth_group_permissions.group_id = auth_user_groups.group_id \
    WHERE auth_user_groups.user_id = ?";

/// The account with this key; `None` where there is none or it is not active. It takes two statements.
///
/// # Errors
/// The statements'.
pub async fn by_id(on: &dyn Executor, id: u32) -> Result<Option<Account>> {
    match User::by_key(id).filter(User::active.eq(true)).first(on).await? {
        Some(user) => Ok(Some(with_grants(on, user).await?)),
        None => Ok(None),
    }
}

/// A user with what it holds, which takes one statement.
pub(crate) async fn with_grants(on: &dyn Executor, user: User) -> Result<Account> {
    let rows = on.rows(Statement::new(GRANTS, vec![Value::Number(user.id.into()); 3])).await?;
    let (mut groups, mut permissions) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let (Some(Value::Text(kind)), Some(Value::Text(name))) = (row.first(), row.get(1)) else {
            return Err(Error::internal("what an account holds is no text"));
        };
        if kind == "group" {
            groups.insert(name.clone())
        } else {
            permissions.insert(name.clone())
        };
    }
    Ok(Account {
        id: user.id,
        username: user.username,
        email: user.email,
        first_name: user.first_name,
        last_name: user.last_name,
        staff: user.staff,
        superuser: user.superuser,
        groups: groups.into_iter().collect(),
        permissions: permissions.into_iter().collect(),
    })
}
