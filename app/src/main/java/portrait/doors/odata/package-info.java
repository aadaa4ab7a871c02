/// The OData 4.01 feed for Excel, Power BI and programs: read-only.
///
/// A request goes through four steps, each a file or two: the address is taken apart ([Address]), what is written in it
/// is read ([Parser], [Lists]), names are looked up in the [Model] and conditions become expressions ([Binder]), and rows
/// are found ([Reader]): those of named customers or of a segment in the profile store, as of this moment, all others in
/// the warehouse, as of the last refresh.
@NullMarked
package portrait.doors.odata;

import org.jspecify.annotations.NullMarked;
