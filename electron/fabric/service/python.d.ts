// Programs in Python that are carried as text.
declare module '*.py?raw' {
  const text: string;
  export default text;
}
