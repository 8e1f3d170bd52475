// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/fields.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static gboolean
is_number (const char *text, guint max, guint *ret_number)
{
  guint64 number;

  if (!g_ascii_isdigit (*text) || !g_ascii_string_to_unsigned (text, 10, 0, max, &number, NULL))
    return FALSE;
  *ret_number = (guint)number;
  return TRUE;
}

/* The same field as text and as a number. */
static void
check_number (OhFields fields, const char *text, guint max, const char *behind)
{
  guint expected = 0;
  guint number = 0;
  gboolean is = is_number (text, max, &expected);

  g_assert_cmpint (oh_fields_next_number (&fields, max, &number), ==, is);
  g_assert_cmpuint (number, ==, expected);
  g_assert_true (fields.at == behind);
}

static void
check_fields (const char *line, gsize size)
{
  g_autofree char *text = g_malloc (size + 1);
  char cut[8];
  guint commas = 0;
  guint n = 0;
  OhFields fields, again;

  for (const char *p = line; *p != '\0'; p++)
    commas += *p == ',';
  if (!oh_fields_begin (&fields, line, "+"))
    return;
  again = fields;
  while (oh_fields_next_text (&fields, text, size + 1))
    {
      OhFields one = again;

      n++;
      g_assert_cmpuint (strlen (text), <=, size);
      g_assert_true (*text == '\0' || strstr (line, text) != NULL);
      check_number (again, text, 255, fields.at);
      check_number (again, text, G_MAXUINT, fields.at);
      oh_fields_skip (&one, 1);
      g_assert_true (one.at == fields.at);
      g_assert_true (oh_fields_next_text (&again, cut, sizeof cut));
      g_assert_cmpuint (strlen (cut), ==, MIN (strlen (text), sizeof cut - 1));
      g_assert_true (g_str_has_prefix (text, cut));
    }
  g_assert_cmpstr (text, ==, "");
  g_assert_cmpuint (n, <=, commas + 1);
}

static void
check_text (const char *text)
{
  char out[OH_TEXT_MAX];
  char again[OH_TEXT_MAX];

  oh_text_clean (text, out);
  g_assert_cmpuint (strlen (out), <, OH_TEXT_MAX);
  g_assert_true (g_utf8_validate (out, -1, NULL));
  for (const char *p = out; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
  g_assert_false (g_str_has_prefix (out, " ") || g_str_has_suffix (out, " "));
  oh_text_clean (out, again);
  g_assert_cmpstr (again, ==, out);
}

static void
check_telephone_number (const char *text)
{
  char out[OH_NUMBER_MAX];
  char again[OH_NUMBER_MAX];

  g_assert_cmpint (oh_number_clean (text, out), ==, *out != '\0');
  g_assert_cmpuint (strlen (out), <, OH_NUMBER_MAX);
  if (*out == '\0')
    return;
  g_assert_cmpuint (strspn (out + (*out == '+'), "0123456789*#ABCD"), ==,
                    strlen (out) - (*out == '+'));
  g_assert_cmpstr (out, !=, "+");
  g_assert_true (oh_number_clean (out, again));
  g_assert_cmpstr (again, ==, out);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)bytes, size);
  g_autofree char *line = g_strconcat ("+", text, NULL);

  check_fields (text, size);
  check_fields (line, size + 1);
  check_text (text);
  check_telephone_number (text);
  return 0;
}
