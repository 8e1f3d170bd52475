// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-output.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

static const struct
{
  const char *word;
  OhStyle style;
} words[] = {
  { "in-service", OH_STYLE_GOOD },    { "healthy", OH_STYLE_GOOD },
  { "connected", OH_STYLE_GOOD },     { "offering", OH_STYLE_WARNING },
  { "ringing", OH_STYLE_WARNING },    { "initializing", OH_STYLE_WARNING },
  { "suspect", OH_STYLE_WARNING },    { "recovering", OH_STYLE_WARNING },
  { "locked", OH_STYLE_WARNING },     { "emergency-only", OH_STYLE_WARNING },
  { "unknown", OH_STYLE_WARNING },    { "held", OH_STYLE_WARNING },
  { "out-of-service", OH_STYLE_BAD }, { "absent", OH_STYLE_BAD },
  { "failed", OH_STYLE_BAD },         { "ended", OH_STYLE_DIM },
  { "disconnected", OH_STYLE_DIM },   { "taken", OH_STYLE_GOOD },
  { "skipped", OH_STYLE_DIM },        { "busy", OH_STYLE_WARNING },
  { "lost", OH_STYLE_BAD },
};

static const char *const escapes[] = {
  [OH_STYLE_PLAIN] = "",        [OH_STYLE_BOLD] = "\033[1m",     [OH_STYLE_DIM] = "\033[2m",
  [OH_STYLE_GOOD] = "\033[32m", [OH_STYLE_WARNING] = "\033[33m", [OH_STYLE_BAD] = "\033[31m",
};

char *
oh_output_clean (const char *text)
{
  GString *clean = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* marks that turn the writing direction are formats, and not printable to GLib either */
      if (g_unichar_isprint (c))
        g_string_append_unichar (clean, c);
      else
        g_string_append_printf (clean, "\\u%04x", c);
    }
  return g_string_free (clean, FALSE);
}

char *
oh_output_styled (const OhCtl *ctl, OhStyle style, const char *text)
{
  if (!ctl->color || style == OH_STYLE_PLAIN || *text == '\0')
    return g_strdup (text);
  return g_strconcat (escapes[style], text, "\033[0m", NULL);
}

OhStyle
oh_output_word_style (const char *word)
{
  gsize length = strcspn (word, " ");

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i].word) == length && strncmp (words[i].word, word, length) == 0)
      return words[i].style;
  return OH_STYLE_PLAIN;
}

static gboolean
is_date (const char *key)
{
  static const char *const dates[] = { "StateSince", "OfferedAt", "ConnectedAt", "EndedAt", NULL };

  return g_strv_contains (dates, key);
}

static char *
format_date (gint64 microseconds)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (microseconds / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (microseconds == 0 || local == NULL)
    return g_strdup ("");
  return g_date_time_format (local, "%Y-%m-%d %H:%M:%S");
}

static char *
format_list (GVariant *value)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      g_autofree char *piece = NULL;

      if (g_variant_is_of_type (child, G_VARIANT_TYPE ("{s*}")))
        {
          g_autoptr (GVariant) key = g_variant_get_child_value (child, 0);
          g_autoptr (GVariant) entry = g_variant_get_child_value (child, 1);
          g_autofree char *inner = oh_output_value ("", entry);

          piece = g_strdup_printf ("%s=%s", g_variant_get_string (key, NULL), inner);
        }
      else
        piece = oh_output_value ("", child);
      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", piece);
    }
  return g_string_free (text, FALSE);
}

char *
oh_output_value (const char *key, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      return oh_output_value (key, inner);
    }
  if (is_date (key) && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return format_date (g_variant_get_int64 (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      || g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH))
    return oh_output_clean (g_variant_get_string (value, NULL));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? _ ("yes") : _ ("no"));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY))
    return format_list (value);
  return g_variant_print (value, FALSE);
}

/* Some readers end a line there, or a terminal obeys. */
static gboolean
is_unsafe (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return c >= 0x7f
         && (!g_unichar_isprint (c) || type == G_UNICODE_LINE_SEPARATOR
             || type == G_UNICODE_PARAGRAPH_SEPARATOR);
}

/* In JSON text characters beyond ASCII are in strings only, and may be written as UTF-16 units. */
static char *
escape_json (const char *json)
{
  GString *text = g_string_new (NULL);

  for (const char *p = json; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!is_unsafe (c))
        g_string_append_unichar (text, c);
      else if (c < 0x10000)
        g_string_append_printf (text, "\\u%04x", c);
      else
        g_string_append_printf (text, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  return g_string_free (text, FALSE);
}

void
oh_output_json (GVariant *value, gboolean pretty)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autoptr (JsonNode) node = json_gvariant_serialize (sunk);
  g_autofree char *text = json_to_string (node, pretty);
  g_autofree char *escaped = escape_json (text);

  printf ("%s\n", escaped);
}

struct _OhTable
{
  guint n_columns;
  GPtrArray *rows; /* of char **; the first has the titles */
  guint *widths;   /* of the columns, in terminal cells */
};

OhTable *
oh_table_new (const char *const *titles)
{
  OhTable *table = g_new0 (OhTable, 1);

  table->n_columns = g_strv_length ((char **)titles);
  table->widths = g_new0 (guint, table->n_columns);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  oh_table_add (table, titles);
  return table;
}

void
oh_table_add (OhTable *table, const char *const *cells)
{
  char **row = g_new0 (char *, table->n_columns + 1);

  for (guint i = 0; i < table->n_columns; i++)
    row[i] = cells[i] != NULL && *cells[i] != '\0' ? oh_output_clean (cells[i]) : g_strdup ("-");
  g_ptr_array_add (table->rows, row);
}

/* How many terminal columns @text takes. */
static guint
measure (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static guint
measure_column (OhTable *table, guint column)
{
  guint width = 0;

  for (guint i = 0; i < table->rows->len; i++)
    width = MAX (width, measure (((char **)table->rows->pdata[i])[column]));
  return width;
}

static void
print_row (const OhCtl *ctl, OhTable *table, guint number)
{
  char **row = table->rows->pdata[number];

  for (guint i = 0; i < table->n_columns; i++)
    {
      OhStyle style = number == 0 ? OH_STYLE_BOLD : oh_output_word_style (row[i]);
      g_autofree char *text = oh_output_styled (ctl, style, row[i]);
      gboolean last = i + 1 == table->n_columns;

      printf ("%s%*s", text, last ? 0 : (int)(table->widths[i] - measure (row[i]) + 2), "");
    }
  putchar ('\n');
}

void
oh_table_print (const OhCtl *ctl, OhTable *table)
{
  for (guint i = 0; i < table->n_columns; i++)
    table->widths[i] = measure_column (table, i);
  for (guint i = 0; i < table->rows->len; i++)
    print_row (ctl, table, i);
}

void
oh_table_free (OhTable *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table->widths);
  g_free (table);
}
