create table c (a int, b text);
copy c (b, a) from stdin with (format csv, null '?');
"a;""b
",11
?,12
"",13
\.
insert into c values (14, '\'), (15, ';');
copy "c" ( a ) from stdin;
\.
