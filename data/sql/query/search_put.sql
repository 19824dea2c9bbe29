-- cache: the words of a row that was put.
insert into search_text (key, kind, id, title, body) values (:key, :kind, :id, :title, :body);
