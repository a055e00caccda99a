SELECT x.count, x.`unit price`, x.`update` FROM `order line` AS x WHERE x.class = %s
-- {'param_1': 'a'}
