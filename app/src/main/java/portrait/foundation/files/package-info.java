/// Places files lie in, behind list, read and write: disk, Amazon S3, Azure Blob, Google Cloud Storage, SFTP.
@NullMarked
package portrait.foundation.files;

import org.jspecify.annotations.NullMarked;
