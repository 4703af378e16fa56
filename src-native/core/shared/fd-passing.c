#include <string.h>
#include <sys/socket.h>

#include "fd-util.h"
#include "shared.h"

/* Number and inode are compared, since a stranger's file may have got our number. */
static bool is_ours(int fd, ino_t inode) {
  struct stat status;

  return fd >= 0 && fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_ino == inode;
}

bool launch__mailbox_has(const struct launch__mailbox *mailbox, int fd) {
  if (fd == mailbox->receiver) return is_ours(fd, mailbox->receiver_inode);
  return fd == mailbox->sender && is_ours(fd, mailbox->sender_inode);
}

static void close_if_open(int fd) {
  if (fd >= 0) (void)close(fd);
}

static int open_pair(struct launch__mailbox *mailbox) {
  struct stat receiver, sender;
  int ends[2], first, second, error;

  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
  first = fd_above_stdio(ends[0]);
  second = fd_above_stdio(ends[1]);
  error = first < 0 ? first : second < 0 ? second : 0;
  if (error == 0 && (fstat(first, &receiver) != 0 || fstat(second, &sender) != 0)) error = -errno;
  if (error != 0) {
    close_if_open(first);
    close_if_open(second);
    return error;
  }

  if (first < second)
    *mailbox = (struct launch__mailbox){first, second, receiver.st_ino, sender.st_ino};
  else
    *mailbox = (struct launch__mailbox){second, first, sender.st_ino, receiver.st_ino};
  return 0;
}

int launch__mailbox_ensure(struct launch__mailbox *mailbox) {
  if (launch__mailbox_has(mailbox, mailbox->receiver) && launch__mailbox_has(mailbox, mailbox->sender))
    return 0;
  launch__mailbox_discard(mailbox);
  return open_pair(mailbox);
}

void launch__mailbox_discard(struct launch__mailbox *mailbox) {
  if (launch__mailbox_has(mailbox, mailbox->receiver)) (void)close(mailbox->receiver);
  if (launch__mailbox_has(mailbox, mailbox->sender)) (void)close(mailbox->sender);
  *mailbox = (struct launch__mailbox){.receiver = -1, .sender = -1};
}

union mail_control {
  struct cmsghdr header;
  char space[CMSG_SPACE(LAUNCH__MAIL_MAX * sizeof(int))];
};

int launch__mailbox_send(const struct launch__mailbox *mailbox, const int *fds, size_t count) {
  char byte = 0;
  struct iovec text = {&byte, sizeof byte};
  union mail_control control;
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
  struct cmsghdr *header;

  if (count == 0) return 0;
  if (count > LAUNCH__MAIL_MAX) return -E2BIG;

  memset(&control, 0, CMSG_SPACE(count * sizeof(int)));
  message.msg_control = &control;
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), fds, count * sizeof(int));
  return sendmsg(mailbox->sender, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int launch__mailbox_receive(const struct launch__mailbox *mailbox, int *ret_fds, size_t count) {
  char byte;
  struct iovec text = {&byte, sizeof byte};
  union mail_control control;
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control};
  struct cmsghdr *header;
  long received;

  if (count == 0) return 0;
  if (!launch__mailbox_has(mailbox, mailbox->receiver)) return -EBADF;
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  received = launch__sys(SYS_recvmsg, mailbox->receiver, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (received < 0) return (int)received;

  header = CMSG_FIRSTHDR(&message);
  if ((message.msg_flags & MSG_CTRUNC) != 0) return -EMFILE;
  if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(count * sizeof(int)))
    return -EBADMSG;
  memcpy(ret_fds, CMSG_DATA(header), count * sizeof(int));
  return 0;
}
