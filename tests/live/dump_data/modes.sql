-- The quotes of this script depend on the modes that it sets itself.
set sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES';
create table "t;" ("a\" text, "b""" text);
insert into "t;" values ('\', ';'), (';\', '"');
set @old = @@sql_mode, sql_mode = '';
insert into `t;` values ("\";", '\'');
set sql_mode = @old;
insert into "t;" ("a\", "b""") values ('\', ';');
