set standard_conforming_strings = off;
create table c (a int, b text);
insert into c values (0, 'it\'s; \\'), (1, E'\';');
copy c from stdin;
2	a\tb\\c\nd;
3	\N
4	
5	\\N
6	\\.
7	x\\.
8	\x41\101\b\f\v\r
9	\
continued
10	'"$$;--/*
\.
