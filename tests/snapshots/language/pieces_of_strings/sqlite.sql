SELECT json_extract('[' || replace(json_quote(t.name), ' ', '","') || ']', '$[0]') AS name,
    json_extract('[' || replace(json_quote(t.name), ' ', '","') || ']', '$[#-2]') AS name_2
FROM track AS t
-- {}
