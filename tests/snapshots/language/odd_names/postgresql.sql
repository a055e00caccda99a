SELECT x.count, x."unit price", x.update FROM "order line" AS x WHERE x.class = %(param_1)s::VARCHAR
-- {'param_1': 'a'}
