SELECT json_extract('[' || replace(json_quote(t.name), substr(json_quote(?), 2, length(json_quote(?)) - 2), '","') || ']', '$[0]') AS name,
    json_extract('[' || replace(json_quote(t.name), substr(json_quote(?), 2, length(json_quote(?)) - 2), '","') || ']', '$[#-2]') AS name_2
FROM track AS t
-- {'param_1': ' '}
