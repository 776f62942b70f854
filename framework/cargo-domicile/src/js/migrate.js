// Reads or moves on the migrations of one D1 database, for `cargo domicile`: the configuration has what they are, and the
// variable JOB says what is wanted. What came of it is a line of standard output behind the mark.
export default {
    async test(_, env) {
        const { binding, mark, there, applied, from } = JSON.parse(env.JOB);
        const db = env[binding];
        const answer = { applied: [], done: 0 };
        try {
            if (from === null) {
                if ((await db.prepare(there).first("n")) !== 0) {
                    answer.applied = await db.prepare(applied).raw();
                }
            } else {
                const { migrations } = env.APP.d1.find((database) => database.binding === binding);
                for (const { before, statements, after } of migrations.slice(from)) {
                    const all = [...before, ...statements.map(([, sql]) => sql), ...after];
                    await db.batch(all.map((sql) => db.prepare(sql)));
                    answer.done += 1;
                }
            }
        } catch (error) {
            answer.error = error.message;
        }
        console.log(mark + JSON.stringify(answer));
    },
};
