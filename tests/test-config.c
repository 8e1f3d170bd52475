// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "daemon/config-file.h"

static GPtrArray *mistakes; /* of char *, filled by on_mistake() */

static void
on_mistake (const char *text, gpointer user_data)
{
  g_ptr_array_add (mistakes, g_strdup (text));
}

/* A file with @text, as the daemon reads it; *@ret_file its name, the file itself is gone again. */
static GPtrArray *
load (const char *text, char **ret_file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OhConfig) config = NULL;
  int fd = g_file_open_tmp ("offhook-XXXXXX.conf", ret_file, &error);

  g_assert_no_error (error);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (*ret_file, text, -1, NULL));
  g_ptr_array_set_size (mistakes, 0);
  config = oh_config_load (*ret_file, on_mistake, NULL);
  g_assert_cmpuint (config->n_mistakes, ==, mistakes->len);
  g_unlink (*ret_file);
  return g_ptr_array_ref (config->lines);
}

static void
test_good (void)
{
  g_autofree char *file = NULL;
  g_autoptr (GPtrArray) lines = load ("# a comment\n"
                                      "[Line home]\n"
                                      "Device=/dev/serial/by-id/usb-modem\n"
                                      "Driver=v253\n"
                                      "RingTimeout=12000\n"
                                      "OwnerLost=keep\n"
                                      "OwnerGrace=0\n"
                                      "OnStop=keep\n"
                                      "HideNumber=yes\n"
                                      "Pin=0123\n"
                                      "\n"
                                      "[Line Büro 1-1.2]\n"
                                      "Device=/dev/ttyUSB2\n",
                                      &file);
  const OhLineConfig *home, *office;

  g_assert_cmpuint (mistakes->len, ==, 0);
  g_assert_cmpuint (lines->len, ==, 2);
  home = lines->pdata[0];
  g_assert_cmpstr (home->alias, ==, "home");
  g_assert_cmpstr (home->device, ==, "/dev/serial/by-id/usb-modem");
  g_assert_true (home->driver == oh_driver_find ("v253"));
  g_assert_cmpuint (home->settings.ring_timeout_ms, ==, 12000);
  g_assert_true (home->owner.keep);
  g_assert_cmpuint (home->owner.grace_ms, ==, 0);
  g_assert_true (home->owner.keep_on_stop);
  g_assert_cmpint (home->settings.clir, ==, OH_CLIR_HIDE);
  g_assert_cmpstr (home->settings.pin, ==, "0123");
  office = lines->pdata[1];
  g_assert_cmpstr (office->alias, ==, "Büro 1-1.2");
  g_assert_null (office->driver);
  g_assert_cmpuint (office->settings.ring_timeout_ms, ==, 0);
  g_assert_false (office->owner.keep);
  g_assert_cmpuint (office->owner.grace_ms, ==, 30000);
  g_assert_false (office->owner.keep_on_stop);
  g_assert_cmpint (office->settings.clir, ==, OH_CLIR_DEFAULT);
  g_assert_cmpstr (office->settings.pin, ==, "");
}

static const struct
{
  const char *group, *keys, *names;
} bad_groups[] = {
  { "Line bad", "Driver=v253\n", "Device" },
  { "Line bad", "", "Device" },
  { "Line bad", "Device=ttyACM0\n", "Device" },
  { "Line bad", "Device=\n", "Device" },
  { "Line bad", "Device=/dev/x\nDriver=telepathy\n", "Driver" },
  { "Line bad", "Device=/dev/x\nDriver=\n", "Driver" },
  { "Line bad", "Device=/dev/x\nRingTimeout=soon\n", "RingTimeout" },
  { "Line bad", "Device=/dev/x\nRingTimeout=\n", "RingTimeout" },
  { "Line bad", "Device=/dev/x\nRingTimeout=-1\n", "RingTimeout" },
  { "Line bad", "Device=/dev/x\nRingTimeout=8 s\n", "RingTimeout" },
  { "Line bad", "Device=/dev/x\nRingTimeout=99\n", "RingTimeout" },
  { "Line bad", "Device=/dev/x\nRingTimeout=60001\n", "RingTimeout" },
  { "Line bad", "Device=/dev/x\nRingTimeout=4294967396\n", "RingTimeout" }, /* 100 + 2^32 */
  { "Line bad", "Device=/dev/x\nRingtimeout=8000\n", "Ringtimeout" },
  { "Line bad", "Device=/dev/x\nOwnerLost=leave\n", "OwnerLost" },
  { "Line bad", "Device=/dev/x\nOwnerGrace=3600001\n", "OwnerGrace" },
  { "Line bad", "Device=/dev/x\nOwnerGrace=x\n", "OwnerGrace" },
  { "Line bad", "Device=/dev/x\nOnStop=drop\n", "OnStop" },
  { "Line bad", "Device=/dev/x\nHideNumber=true\n", "HideNumber" },
  { "Line bad", "Device=/dev/x\nPin=123\n", "Pin" },
  { "Line bad", "Device=/dev/x\nPin=123456789\n", "Pin" },
  { "Line bad", "Device=/dev/x\nPin=12\"34\n", "Pin" },
  { "Line bad", "Device=/dev/x\nAlias=x\n", "Alias" },
  { "Line bad", "Device=/dev/x\nDriver=\\q\n", "Driver" },
  { "Line a/b", "Device=/dev/x\n", "Alias" },
  { "Line ", "Device=/dev/x\n", "Alias" },
  { "Line 12345678901234567890123456789012345678901234567890123456789012345", "Device=/dev/x\n",
    "Alias" },
  { "Lines bad", "Device=/dev/x\n", "Line NAME" },
  { "Line bad", "UsbId=0572\n", "UsbId" },
  { "Line bad", "UsbId=0572:132g\n", "UsbId" },
  { "Line bad", "Id=\n", "Id" },
  { "Line bad", "Serial=\n", "Serial" },
  { "Line bad", "Path=\n", "Path" },
  { "Line bad", "Device=/dev/one\n", "Device: [Line first]" },
  { "Line bad", "Device=/dev/x\nDriver\n", "line 5" },
  { "Line bad", "Device=/dev/x\n=v253\n", "line 5" },
  { "Daemon", "Debug=true\n", "Debug" },
  { "Daemon", "Announced=maybe\n", "Announced" },
  { "Daemon", "ProbeInterval=29\n", "ProbeInterval" },
  { "Daemon", "ProbeInterval=soon\n", "ProbeInterval" },
  { "Demon", "Announced=no\n", "Line NAME" },
};

/* A mistake names file, group and key; the groups around it go on. */
static void
test_mistakes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_groups); i++)
    {
      g_autofree char *text = g_strdup_printf ("[Line first]\nDevice=/dev/one\n[%s]\n%s"
                                               "[Line last]\nDevice=/dev/two\n",
                                               bad_groups[i].group, bad_groups[i].keys);
      g_autofree char *group = g_strdup_printf ("[%s]", bad_groups[i].group);
      g_autofree char *file = NULL;
      g_autoptr (GPtrArray) lines = load (text, &file);
      const char *mistake;

      g_test_message ("[%s] %s", bad_groups[i].group, bad_groups[i].keys);
      g_assert_cmpuint (mistakes->len, ==, 1);
      mistake = mistakes->pdata[0];
      g_test_message ("%s", mistake);
      g_assert_true (g_str_has_prefix (mistake, file));
      g_assert_nonnull (strstr (mistake, group));
      g_assert_nonnull (strstr (strstr (mistake, group) + strlen (group), bad_groups[i].names));
      g_assert_cmpuint (lines->len, ==, 2);
      g_assert_cmpstr (((OhLineConfig *)lines->pdata[0])->alias, ==, "first");
      g_assert_cmpstr (((OhLineConfig *)lines->pdata[1])->alias, ==, "last");
    }
}

/* Which modem it is, without its node. */
static void
test_match (void)
{
  g_autofree char *file = NULL;
  g_autoptr (GPtrArray) lines = load ("[Line one]\nId=imei-0123abcd\n"
                                      "[Line two]\nUsbId=0BAF:0303\nSerial=12 3\n"
                                      "[Line three]\nPath=pci-0000:00:14.0-usb-0:2:1.0\n",
                                      &file);
  const OhLineConfig *two;

  g_assert_cmpuint (mistakes->len, ==, 0);
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpstr (((OhLineConfig *)lines->pdata[0])->match.id, ==, "imei-0123abcd");
  two = lines->pdata[1];
  g_assert_null (two->device);
  g_assert_cmpstr (two->match.usb_id, ==, "0baf:0303");
  g_assert_cmpstr (two->match.serial, ==, "12 3");
  g_assert_null (two->match.path);
  g_assert_cmpstr (((OhLineConfig *)lines->pdata[2])->match.path, ==,
                   "pci-0000:00:14.0-usb-0:2:1.0");
}

static void
write_in (const char *folder, const char *name, const char *text)
{
  g_autofree char *file = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static void
unlink_in (const char *folder, const char *name)
{
  g_autofree char *file = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_unlink (file), ==, 0);
}

/* The file and its folder are one; each mistake names its own file. */
static void
test_folder (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "x.conf", NULL);
  g_autofree char *folder = g_strconcat (file, ".d", NULL);
  g_autofree char *second = g_build_filename (folder, "20-b.conf", NULL);
  static const char *const names[] = { "10-a.conf", "20-b.conf", "30.conf~", ".hidden.conf" };
  g_autoptr (OhConfig) config = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "[Line z]\nDevice=/dev/z\n", -1, NULL));
  write_in (folder, names[1], "[Line a]\nDevice=/dev/b\n[Line b]\nDevice=/dev/b\n");
  write_in (folder, names[0],
            "[Line a]\nDevice=/dev/a\n[Daemon]\nAnnounced=no\nProbeInterval=60\n");
  write_in (folder, names[2], "[Line c]\nDevice=/dev/c\n");
  write_in (folder, names[3], "[Line d]\nDevice=/dev/d\n");
  g_ptr_array_set_size (mistakes, 0);
  config = oh_config_load (file, on_mistake, NULL);
  g_assert_cmpuint (mistakes->len, ==, 1);
  g_assert_true (g_str_has_prefix (mistakes->pdata[0], second));
  g_assert_nonnull (strstr (mistakes->pdata[0], "[Line a]"));
  g_assert_cmpuint (config->lines->len, ==, 3);
  g_assert_cmpstr (((OhLineConfig *)config->lines->pdata[0])->alias, ==, "z");
  g_assert_cmpstr (((OhLineConfig *)config->lines->pdata[1])->device, ==, "/dev/a");
  g_assert_cmpstr (((OhLineConfig *)config->lines->pdata[2])->alias, ==, "b");
  g_assert_false (config->announced);
  g_assert_cmpuint (config->probe_s, ==, 60);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    unlink_in (folder, names[i]);
  g_rmdir (folder);
  g_unlink (file);
  g_rmdir (dir);
}

/* Each mistake of a group, not only its first. */
static void
test_every_mistake (void)
{
  g_autofree char *file = NULL;
  g_autoptr (GPtrArray) lines = load ("[Line a]\nDriver=x\nnonsense\nPin=1\nWhat=4\n"
                                      "[Line b\nDevice=/dev/not-b\n"
                                      "[Line c]\nDevice=/dev/c\n\xff\xfe\x01\n"
                                      "[Line d]\nDevice=/dev/d\n",
                                      &file);

  g_assert_cmpuint (mistakes->len, ==, 7);
  g_assert_nonnull (strstr (mistakes->pdata[0], "[Line a]: line 3 "));
  g_assert_nonnull (strstr (mistakes->pdata[1], ": line 6 "));
  g_assert_nonnull (strstr (mistakes->pdata[2], "[Line c]: line 10 "));
  g_assert_nonnull (strstr (mistakes->pdata[3], "[Line a]: Driver"));
  g_assert_nonnull (strstr (mistakes->pdata[4], "[Line a]: Pin"));
  g_assert_nonnull (strstr (mistakes->pdata[5], "[Line a]: What"));
  g_assert_nonnull (strstr (mistakes->pdata[6], "[Line a]: Device"));
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (((OhLineConfig *)lines->pdata[0])->alias, ==, "d");
}

static void
test_two_mistakes (void)
{
  g_autofree char *file = NULL;
  g_autoptr (GPtrArray) lines = load ("[Line a]\n[Line b]\nDevice=/dev/b\n[Line c]\n", &file);

  g_assert_cmpuint (mistakes->len, ==, 2);
  g_assert_nonnull (strstr (mistakes->pdata[0], "[Line a]"));
  g_assert_nonnull (strstr (mistakes->pdata[1], "[Line c]"));
  g_assert_cmpuint (lines->len, ==, 1);
}

/* Whatever one line is, the groups around it go on. */
static void
test_bad_lines (void)
{
  static const char *const bad[]
      = { "[Line a] # at home", "De]vice=/dev/x", "Encoding=latin1", "Device[0]=/dev/x", "[]",
          "[Line \xff]",        "\xff=1" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf ("[Line first]\nDevice=/dev/one\n[Line a]\n%s\n"
                                               "[Line last]\nDevice=/dev/two\n",
                                               bad[i]);
      g_autofree char *file = NULL;
      g_autoptr (GPtrArray) lines = load (text, &file);

      g_test_message ("%s", (const char *)mistakes->pdata[0]);
      g_assert_true (g_str_has_prefix (mistakes->pdata[0], file));
      g_assert_nonnull (strstr (mistakes->pdata[0], "line 4 "));
      g_assert_cmpuint (lines->len, ==, 2);
    }
}

/* Copied, and half changed: no guess is made which of the two is meant. */
static void
test_twice (void)
{
  g_autofree char *file = NULL;
  g_autoptr (GPtrArray) lines = load ("[Line a]\nDevice=/dev/a\n[Daemon]\nAnnounced=no\n"
                                      "[Line a]\nDevice=/dev/b\n"
                                      "[Line c]\nDevice=/dev/c\nDevice=/dev/d\n"
                                      "[Daemon]\nProbeInterval=60\n",
                                      &file);

  g_assert_cmpuint (mistakes->len, ==, 2);
  g_assert_nonnull (strstr (mistakes->pdata[0], "[Line a]: line 5 "));
  g_assert_nonnull (strstr (mistakes->pdata[1], "[Line c]: line 9 "));
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (((OhLineConfig *)lines->pdata[0])->device, ==, "/dev/a");
}

static void
test_no_key_file (void)
{
  g_autofree char *file = NULL;
  g_autoptr (GPtrArray) lines = load ("Device=/dev/ttyS0\n", &file);

  g_assert_cmpuint (lines->len, ==, 0);
  g_assert_cmpuint (mistakes->len, ==, 1);
  g_assert_true (g_str_has_prefix (mistakes->pdata[0], file));
}

static void
test_not_there (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "none.conf", NULL);
  g_autoptr (OhConfig) config = NULL;

  g_ptr_array_set_size (mistakes, 0);
  config = oh_config_load (file, on_mistake, NULL);
  g_assert_cmpuint (config->lines->len, ==, 0);
  g_assert_true (config->announced);
  g_assert_cmpuint (config->probe_s, ==, 30);
  g_assert_cmpuint (mistakes->len, ==, 0);
  g_rmdir (dir);
}

/* A folder in its place is a mistake, not an absent file. */
static void
test_unreadable (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autoptr (OhConfig) config = NULL;

  g_ptr_array_set_size (mistakes, 0);
  config = oh_config_load (dir, on_mistake, NULL);
  g_assert_cmpuint (config->lines->len, ==, 0);
  g_assert_cmpuint (mistakes->len, ==, 1);
  g_assert_true (g_str_has_prefix (mistakes->pdata[0], dir));
  g_rmdir (dir);
}

/* What cannot be read is not taken for nothing: that would remove all lines that were in it. */
static void
test_unreadable_folder (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "x.conf", NULL);
  g_autofree char *folder = g_strconcat (file, ".d", NULL);
  g_autofree char *link = g_build_filename (folder, "10.conf", NULL);
  const char *const bad[] = { file, folder, link };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (OhConfig) config = NULL;

      if (bad[i] == link)
        g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
      g_assert_cmpint (symlink (bad[i] == folder ? folder : "/nowhere", bad[i]), ==, 0);
      g_ptr_array_set_size (mistakes, 0);
      config = oh_config_load (file, on_mistake, NULL);
      g_assert_cmpuint (mistakes->len, ==, 1);
      g_assert_true (g_str_has_prefix (mistakes->pdata[0], bad[i]));
      g_assert_cmpuint (config->n_mistakes, ==, 1);
      g_unlink (bad[i]);
    }
  g_rmdir (folder);
  g_rmdir (dir);
}

/* A pipe that nobody writes to, and a folder: nothing that may be waited for is read. */
static void
test_no_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "x.conf", NULL);
  g_autofree char *folder = g_strconcat (file, ".d", NULL);
  g_autofree char *fifo = g_build_filename (folder, "10.conf", NULL);
  g_autofree char *inner = g_build_filename (folder, "20.conf", NULL);
  g_autoptr (OhConfig) config = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_ptr_array_set_size (mistakes, 0);
  config = oh_config_load (file, on_mistake, NULL);
  g_assert_cmpuint (mistakes->len, ==, 2);
  g_assert_true (g_str_has_prefix (mistakes->pdata[0], fifo));
  g_assert_true (g_str_has_suffix (mistakes->pdata[0], "is no file"));
  g_assert_true (g_str_has_prefix (mistakes->pdata[1], inner));
  g_unlink (fifo);
  g_rmdir (inner);
  g_rmdir (folder);
  g_rmdir (dir);
}

/* As a file is after the power went while it was written: what is left is not all. */
static void
test_damaged (void)
{
  static const char content[] = "[Line a]\nDevice=/dev/a\n\0\0\0\0";
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "x.conf", NULL);
  g_autoptr (OhConfig) config = NULL;

  g_assert_true (g_file_set_contents (file, content, sizeof content, NULL));
  g_ptr_array_set_size (mistakes, 0);
  config = oh_config_load (file, on_mistake, NULL);
  g_assert_cmpuint (mistakes->len, ==, 1);
  g_assert_true (g_str_has_prefix (mistakes->pdata[0], file));
  g_assert_cmpuint (config->lines->len, ==, 0);
  g_unlink (file);
  g_rmdir (dir);
}

static gboolean
take (OhLineConfig *config, const char *options, GError **error)
{
  g_autoptr (GVariant) parsed = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, NULL);

  g_assert_nonnull (parsed);
  return oh_line_config_take_options (config, parsed, error);
}

static void
test_options (void)
{
  g_autoptr (OhLineConfig) config = oh_line_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (take (config, "{}", &error));
  g_assert_null (config->alias);
  g_assert_null (config->driver);
  g_assert_cmpuint (config->settings.ring_timeout_ms, ==, 0);
  g_assert_true (take (
      config, "{'Alias': <'home'>, 'Driver': <'cellular'>, 'RingTimeout': <uint32 100>}", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (config->alias, ==, "home");
  g_assert_true (config->driver == oh_driver_find ("cellular"));
  g_assert_cmpuint (config->settings.ring_timeout_ms, ==, 100);
  g_assert_true (take (config, "{'RingTimeout': <uint32 60000>}", &error));
  g_assert_cmpuint (config->settings.ring_timeout_ms, ==, 60000);
}

static void
test_bad_options (void)
{
  static const struct
  {
    const char *options, *names;
  } rows[] = {
    { "{'Colour': <'red'>}", "Colour" },
    { "{'alias': <'home'>}", "alias" },
    { "{'Device': <'/dev/x'>}", "Device" },
    { "{'Alias': <5>}", "Alias" },
    { "{'Alias': <['a']>}", "Alias" },
    { "{'Alias': <''>}", "Alias" },
    { "{'Alias': <'a/b'>}", "Alias" },
    { "{'Alias': <'a\\nb'>}", "Alias" },
    { "{'Driver': <true>}", "Driver" },
    { "{'Driver': <'telepathy'>}", "Driver" },
    { "{'RingTimeout': <'8000'>}", "RingTimeout" },
    { "{'RingTimeout': <8000>}", "RingTimeout" }, /* signed */
    { "{'RingTimeout': <uint32 99>}", "RingTimeout" },
    { "{'RingTimeout': <uint32 60001>}", "RingTimeout" },
    { "{'Driver': <'v253'>, 'Alias': <'x'>, 'Colour': <1>}", "Colour" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (OhLineConfig) config = oh_line_config_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].options);
      g_assert_false (take (config, rows[i].options, &error));
      g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
      g_assert_nonnull (strstr (error->message, rows[i].names));
    }
}

static void
test_longest_alias (void)
{
  g_autofree char *most = g_strnfill (64, 'a');
  g_autofree char *options = g_strdup_printf ("{'Alias': <'%s'>}", most);
  g_autofree char *more = g_strdup_printf ("{'Alias': <'%sa'>}", most);
  g_autoptr (OhLineConfig) config = oh_line_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (take (config, options, NULL));
  g_assert_cmpstr (config->alias, ==, most);
  g_assert_false (take (config, more, &error));
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mistakes = g_ptr_array_new_with_free_func (g_free);
  g_test_add_func ("/config/good", test_good);
  g_test_add_func ("/config/mistakes", test_mistakes);
  g_test_add_func ("/config/match", test_match);
  g_test_add_func ("/config/folder", test_folder);
  g_test_add_func ("/config/every-mistake", test_every_mistake);
  g_test_add_func ("/config/two-mistakes", test_two_mistakes);
  g_test_add_func ("/config/no-key-file", test_no_key_file);
  g_test_add_func ("/config/not-there", test_not_there);
  g_test_add_func ("/config/bad-lines", test_bad_lines);
  g_test_add_func ("/config/twice", test_twice);
  g_test_add_func ("/config/unreadable", test_unreadable);
  g_test_add_func ("/config/unreadable-folder", test_unreadable_folder);
  g_test_add_func ("/config/no-file", test_no_file);
  g_test_add_func ("/config/damaged", test_damaged);
  g_test_add_func ("/config/options", test_options);
  g_test_add_func ("/config/bad-options", test_bad_options);
  g_test_add_func ("/config/longest-alias", test_longest_alias);
  status = g_test_run ();
  g_ptr_array_unref (mistakes);
  return status;
}
