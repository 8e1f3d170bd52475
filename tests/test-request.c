// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "daemon/request.h"

/* What the asker hears. */
typedef struct
{
  guint calls;
  gboolean settled_inside, again;
  GError *error;
} Heard;

static void
on_settled (OhRequest *request, const GError *error, gpointer user_data)
{
  Heard *heard = user_data;

  heard->calls++;
  heard->settled_inside = oh_request_is_settled (request);
  heard->error = error != NULL ? g_error_copy (error) : NULL;
  if (heard->again)
    oh_request_fail (request, OH_ERROR_BUSY, "once more, from inside");
}

static void
test_done (void)
{
  Heard heard = { 0 };
  OhRequest *request = oh_request_new (on_settled, &heard);

  g_assert_false (oh_request_is_settled (request));
  oh_request_done (request);
  /* At once, not from a main loop (H8). */
  g_assert_cmpuint (heard.calls, ==, 1);
  g_assert_true (heard.settled_inside);
  g_assert_no_error (heard.error);
  oh_request_unref (request);
  g_assert_cmpuint (heard.calls, ==, 1);
}

static void
test_fail (void)
{
  Heard heard = { 0 };
  OhRequest *request = oh_request_new (on_settled, &heard);

  oh_request_fail (request, OH_ERROR_NO_DEVICE, "modem %d is gone", 7);
  g_assert_cmpuint (heard.calls, ==, 1);
  g_assert_error (heard.error, OH_ERROR, OH_ERROR_NO_DEVICE);
  g_assert_cmpstr (heard.error->message, ==, "modem 7 is gone");
  oh_request_unref (request);
  g_clear_error (&heard.error);
}

static void
test_first_wins (void)
{
  Heard heard = { .again = TRUE };
  OhRequest *request = oh_request_new (on_settled, &heard);
  g_autoptr (GError) error = g_error_new (OH_ERROR, OH_ERROR_TIMEOUT, "late");

  oh_request_fail_with (request, error);
  oh_request_done (request);
  oh_request_fail (request, OH_ERROR_FAILED, "no");
  oh_request_fail_with (request, NULL);
  g_assert_cmpuint (heard.calls, ==, 1);
  g_assert_error (heard.error, OH_ERROR, OH_ERROR_TIMEOUT);
  oh_request_unref (request);
  g_clear_error (&heard.error);
}

static void
test_given_up (void)
{
  Heard heard = { 0 };
  OhRequest *request = oh_request_new (on_settled, &heard);
  OhRequest *second = oh_request_ref (request);

  oh_request_unref (request);
  g_assert_cmpuint (heard.calls, ==, 0);
  oh_request_unref (second);
  g_assert_cmpuint (heard.calls, ==, 1);
  g_assert_error (heard.error, OH_ERROR, OH_ERROR_FAILED);
  g_clear_error (&heard.error);
}

/* The asker lets go of it while it is told. */
static void
on_settled_unref (OhRequest *request, const GError *error, gpointer user_data)
{
  ++*(guint *)user_data;
  oh_request_unref (request);
}

static void
test_unref_inside (void)
{
  guint calls = 0;
  OhRequest *request = oh_request_new (on_settled_unref, &calls);

  oh_request_done (request);
  g_assert_cmpuint (calls, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request/done", test_done);
  g_test_add_func ("/request/fail", test_fail);
  g_test_add_func ("/request/first-wins", test_first_wins);
  g_test_add_func ("/request/given-up", test_given_up);
  g_test_add_func ("/request/unref-inside", test_unref_inside);
  return g_test_run ();
}
