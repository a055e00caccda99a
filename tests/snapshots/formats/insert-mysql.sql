INSERT INTO `s`.`t` (`id`, `text`, `amount`, `ok`, `doc`, `raw`, `a "b" ``c```) VALUES
(1, 'plain', 12.50, true, '{"a": 1}', X'00ff', _utf8mb4'naïve 🙂'),
(2, NULL, NULL, NULL, NULL, NULL, NULL),
(3, '', '-0', false, '', X'', 'it''s'),
(4, _utf8mb4 X'6261636b5c736c617368', 9999999999999999999999999999999999999999, 'maybe', _utf8mb4 X'7b2262223a20225c6e227d', X'00ff5c', _utf8mb4 X'273b2064726f70207461626c6520743b202d2d5c27'),
(5, _utf8mb4 X'74776f0a6c696e65730d0a616e6409746162', 1e-300, true, '[]', X'615c00', _utf8mb4 X'1b5b33316d2573203a61207b7d203f'),
(6, 1.5, 9223372036854775808, 0.1, 58.279833, '-0.0', 5e-324);
